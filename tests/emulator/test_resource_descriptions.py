"""Descriptions of resources, in the language of the modules' arguments, by reads of the API."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.changes import differences
from ansible_collections.groundwork.aws.plugins.plugin_utils.clients import Clients
from ansible_collections.groundwork.aws.plugins.plugin_utils.observation import is_missing
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.registry import kind_of
from botocore.exceptions import ClientError
from moto import mock_aws

UNKNOWN = "(known after apply)"
TRUST = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture(autouse=True)
def account(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


def look(module: str, args: dict[str, Any]):
    with Clients(args, {}) as clients:
        return kind_of(module).describe(clients, args)


def changed(module: str, args: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    found = look(module, args)
    assert found is not None
    items = differences(kind_of(module), args, found, False)
    return {item["property"]: (item["before"], item["after"]) for item in items}


@pytest.fixture
def vpc() -> str:
    ec2 = boto3.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": "shop"}])
    return made


def test_a_vpc_is_found_by_name_and_range(vpc):
    args = {"name": "shop", "cidr_block": "10.1.0.0/16", "dns_hostnames": True, "tags": {"A": "1"}}
    assert changed("amazon.aws.ec2_vpc_net", args) == {
        "dns_hostnames": (False, True),
        "tags.A": (None, "1"),
    }
    assert look("amazon.aws.ec2_vpc_net", {**args, "cidr_block": "10.2.0.0/16"}) is None


@pytest.mark.parametrize(
    ("module", "args"),
    [
        ("amazon.aws.ec2_vpc_subnet", {"vpc_id": UNKNOWN, "cidr": "10.1.1.0/24"}),
        ("amazon.aws.ec2_security_group", {"name": "app", "vpc_id": UNKNOWN}),
        ("amazon.aws.ec2_vpc_route_table", {"vpc_id": UNKNOWN, "tags": {"Name": "x"}}),
        ("amazon.aws.route53", {"hosted_zone_id": UNKNOWN, "record": "a.b", "type": "A"}),
    ],
)
def test_what_lies_in_something_unknown_does_not_exist(module, args):
    assert look(module, args) is None


def test_rules_are_lines_that_a_person_reads(vpc):
    group = boto3.client("ec2").create_security_group(GroupName="app", Description="d", VpcId=vpc)[
        "GroupId"
    ]
    boto3.client("ec2").authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "HTTPS"}],
            }
        ],
    )
    rule = {"proto": "tcp", "ports": [443], "cidr_ip": "0.0.0.0/0", "rule_desc": "HTTPS"}
    args = {"name": "app", "vpc_id": vpc, "rules": [rule]}
    assert changed("amazon.aws.ec2_security_group", args) == {}
    ranges = {"ports": ["8000-8010"], "cidr_ip": ["10.0.0.0/8", "10.1.0.0/16"]}
    assert changed("amazon.aws.ec2_security_group", {**args, "rules": [rule, ranges]}) == {
        "rules": (
            ["tcp 443 from 0.0.0.0/0 (HTTPS)"],
            [
                "tcp 443 from 0.0.0.0/0 (HTTPS)",
                "tcp 8000-8010 from 10.0.0.0/8",
                "tcp 8000-8010 from 10.1.0.0/16",
            ],
        )
    }


def test_a_tag_of_an_id_is_a_change_of_the_resource_behind_it(vpc):
    args = {"resource": vpc, "tags": {"Owner": "me"}}
    assert look("amazon.aws.ec2_tag", args).name == "shop"
    assert kind_of("amazon.aws.ec2_tag").type_of(args) == "vpc"
    assert changed("amazon.aws.ec2_tag", args) == {"tags.Owner": (None, "me")}


def test_a_policy_is_compared_as_data_not_as_text():
    boto3.client("iam").create_role(
        RoleName="app", AssumeRolePolicyDocument=json.dumps(TRUST), Description="old"
    )
    args = {"name": "app", "assume_role_policy_document": json.dumps(TRUST, indent=2)}
    assert changed("amazon.aws.iam_role", args) == {}
    assert changed("amazon.aws.iam_role", {**args, "description": "new"}) == {
        "description": ("old", "new")
    }


def test_a_stopped_database_is_one_that_is_to_be_started():
    rds = boto3.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="shop",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="app",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
    )
    args = {"id": "shop", "state": "started"}
    assert changed("amazon.aws.rds_instance", args) == {}
    rds.stop_db_instance(DBInstanceIdentifier="shop")
    assert changed("amazon.aws.rds_instance", args) == {"state": ("stopped", "available")}
    assert changed("amazon.aws.rds_instance", {"id": "shop"}) == {}


def test_what_does_not_exist_is_told_from_what_cannot_be_read():
    with pytest.raises(ClientError) as missing:
        look("amazon.aws.iam_role", {"name": "nobody"})
    assert is_missing(missing.value)
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetRole")
    assert not is_missing(denied)


def test_a_record_is_named_by_type_and_name():
    route53 = boto3.client("route53")
    zone = route53.create_hosted_zone(Name="shop.test", CallerReference="1")["HostedZone"]["Id"]
    record = {
        "Name": "a.shop.test",
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "b.test"}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )
    args = {
        "hosted_zone_id": zone.rpartition("/")[2],
        "record": "a.shop.test",
        "type": "CNAME",
        "ttl": 300,
        "value": "b.test",
    }
    assert look("amazon.aws.route53", args).name == "CNAME a.shop.test"
    assert changed("amazon.aws.route53", args) == {"ttl": (60, 300)}
    assert look("amazon.aws.route53", {**args, "record": "c.shop.test"}) is None


def test_a_module_of_ours_describes_its_own_resource():
    boto3.client("logs").create_log_group(logGroupName="/shop/api", tags={"Owner": "me"})
    args = {"name": "/shop/api", "retention": "30", "tags": {"Owner": "you"}}
    assert changed("groundwork.aws.log_group", args) == {
        "retention": (0, 30),
        "tags.Owner": ("me", "you"),
    }


def test_the_tasks_environment_holds_only_while_it_looks(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with Clients({}, {"AWS_REGION": "us-west-2"}) as clients:
        assert clients["ec2"].meta.region_name == "us-west-2"
    with Clients({"region": "ap-south-1"}, {}) as clients:
        assert clients["ec2"].meta.region_name == "ap-south-1"
    with Clients({}, {}) as clients:
        assert clients["ec2"].meta.region_name == "eu-west-1"


@pytest.mark.parametrize("identifiers", [["i-1", "i-2"], "i-1,i-2"])
def test_several_instances_in_one_task_are_several_resources(identifiers):
    kind = kind_of("amazon.aws.ec2_instance")
    parts = kind.each({"instance_ids": identifiers, "state": "terminated"})
    assert [kind.name(part) for part in parts] == ["i-1", "i-2"]
