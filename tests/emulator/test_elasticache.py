"""ElastiCache answers as AWS does."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]
TOKEN = "0123456789abcdef0123456789abcdef"


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


@pytest.fixture
def cache(aws: Aws) -> Any:
    return aws("elasticache")


@pytest.fixture
def subnets(aws: Aws) -> list[str]:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]


@pytest.fixture
def group(cache: Any, subnets: list[str]) -> Any:
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="Sub", CacheSubnetGroupDescription="d", SubnetIds=subnets
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="par", CacheParameterGroupFamily="redis7", Description="d"
    )

    def make(name: str = "rg", **more: Any) -> dict[str, Any]:
        asked = {
            "ReplicationGroupDescription": "d",
            "Engine": "redis",
            "EngineVersion": "7.1",
            "CacheNodeType": "cache.t4g.micro",
            "NumCacheClusters": 1,
            "CacheParameterGroupName": "par",
            "CacheSubnetGroupName": "sub",
            "SecurityGroupIds": ["sg-1"],
            "TransitEncryptionEnabled": True,
            "AtRestEncryptionEnabled": True,
            "AuthToken": TOKEN,
            "Tags": [{"Key": "Project", "Value": "p"}],
        }
        return cache.create_replication_group(ReplicationGroupId=name, **(asked | more))[
            "ReplicationGroup"
        ]

    return make


def parameters(cache: Any, name: str, source: str) -> dict[str, str]:
    pages = cache.get_paginator("describe_cache_parameters").paginate(
        CacheParameterGroupName=name, Source=source
    )
    return {
        one["ParameterName"]: one["ParameterValue"] for page in pages for one in page["Parameters"]
    }


def test_parameter_group_lives(cache: Any) -> None:
    made = cache.create_cache_parameter_group(
        CacheParameterGroupName="Par",
        CacheParameterGroupFamily="redis7",
        Description="d",
        Tags=[{"Key": "a", "Value": "b"}],
    )["CacheParameterGroup"]
    assert made["CacheParameterGroupName"] == "par"
    assert cache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"] == [
        {"Key": "a", "Value": "b"}
    ]
    assert parameters(cache, "par", "system")["maxmemory-policy"] == "volatile-lru"
    cache.modify_cache_parameter_group(
        CacheParameterGroupName="par",
        ParameterNameValues=[
            {"ParameterName": "appendonly", "ParameterValue": "yes"},
            {"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"},
        ],
    )
    assert parameters(cache, "par", "user") == {
        "appendonly": "yes",
        "maxmemory-policy": "allkeys-lru",
    }
    cache.delete_cache_parameter_group(CacheParameterGroupName="par")
    with pytest.raises(ClientError) as error:
        cache.describe_cache_parameter_groups(CacheParameterGroupName="par")
    assert code(error) == "CacheParameterGroupNotFound"


@pytest.mark.parametrize(
    ("name", "value"), [("maxmemory-policy", "sometimes"), ("no-such", "1"), ("maxclients", "5")]
)
def test_parameter_group_refuses(cache: Any, name: str, value: str) -> None:
    cache.create_cache_parameter_group(
        CacheParameterGroupName="par", CacheParameterGroupFamily="redis7", Description="d"
    )
    with pytest.raises(ClientError) as error:
        cache.modify_cache_parameter_group(
            CacheParameterGroupName="par",
            ParameterNameValues=[{"ParameterName": name, "ParameterValue": value}],
        )
    assert code(error) == "InvalidParameterValue"


def test_subnet_group_changes_and_goes(cache: Any, subnets: list[str]) -> None:
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="sub", CacheSubnetGroupDescription="d", SubnetIds=subnets[:1]
    )
    cache.modify_cache_subnet_group(CacheSubnetGroupName="sub", SubnetIds=subnets)
    found = cache.describe_cache_subnet_groups(CacheSubnetGroupName="sub")["CacheSubnetGroups"][0]
    assert [one["SubnetIdentifier"] for one in found["Subnets"]] == subnets
    assert found["Subnets"][1]["SubnetAvailabilityZone"] == {"Name": "us-east-1b"}
    cache.delete_cache_subnet_group(CacheSubnetGroupName="sub")
    with pytest.raises(ClientError) as error:
        cache.describe_cache_subnet_groups(CacheSubnetGroupName="sub")
    assert code(error) == "CacheSubnetGroupNotFoundFault"


def test_subnet_group_refuses_unknown_subnet(cache: Any) -> None:
    with pytest.raises(ClientError) as error:
        cache.create_cache_subnet_group(
            CacheSubnetGroupName="sub", CacheSubnetGroupDescription="d", SubnetIds=["subnet-0"]
        )
    assert code(error) == "InvalidSubnet"


def test_replication_group_reflects(cache: Any, group: Any) -> None:
    made = group(NumCacheClusters=2, AutomaticFailoverEnabled=True, MultiAZEnabled=True)
    found = cache.describe_replication_groups(ReplicationGroupId="rg")["ReplicationGroups"][0]
    assert found["MemberClusters"] == ["rg-001", "rg-002"]
    assert found["Status"] == "available"
    assert (found["AutomaticFailover"], found["MultiAZ"]) == ("enabled", "enabled")
    assert found["TransitEncryptionMode"] == "required"
    assert found["AuthTokenEnabled"] and found["AtRestEncryptionEnabled"]
    endpoint = found["NodeGroups"][0]["PrimaryEndpoint"]
    assert endpoint["Address"].startswith("master.rg.") and endpoint["Port"] == 6379
    assert found["NodeGroups"][0]["ReaderEndpoint"]["Address"].startswith("replica.rg.")
    assert "AuthToken" not in found
    cluster = cache.describe_cache_clusters(CacheClusterId="rg-002")["CacheClusters"][0]
    assert cluster["CacheParameterGroup"]["CacheParameterGroupName"] == "par"
    assert cluster["SecurityGroups"] == [{"SecurityGroupId": "sg-1", "Status": "active"}]
    assert cluster["EngineVersion"] == "7.1.0"
    assert cluster["CacheSubnetGroupName"] == "sub"
    assert "CacheNodes" not in cluster
    tags = cache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"]
    assert tags == [{"Key": "Project", "Value": "p"}]


def test_replication_group_changes(cache: Any, group: Any) -> None:
    group()
    cache.modify_replication_group(
        ReplicationGroupId="rg",
        SnapshotRetentionLimit=3,
        SnapshotWindow="03:00-04:00",
        PreferredMaintenanceWindow="mon:05:00-mon:06:00",
        SecurityGroupIds=["sg-2"],
        AuthToken=TOKEN[::-1],
        AuthTokenUpdateStrategy="ROTATE",
        ApplyImmediately=True,
    )
    found = cache.describe_replication_groups(ReplicationGroupId="rg")["ReplicationGroups"][0]
    assert (found["SnapshotRetentionLimit"], found["SnapshotWindow"]) == (3, "03:00-04:00")
    cluster = cache.describe_cache_clusters(CacheClusterId="rg-001", ShowCacheNodeInfo=True)[
        "CacheClusters"
    ][0]
    assert cluster["PreferredMaintenanceWindow"] == "mon:05:00-mon:06:00"
    assert cluster["SecurityGroups"][0]["SecurityGroupId"] == "sg-2"
    assert cluster["CacheNodes"][0]["Endpoint"]["Port"] == 6379


def test_replicas_grow_and_shrink(cache: Any, group: Any) -> None:
    group()
    more = {"ReplicationGroupId": "rg", "ApplyImmediately": True}
    made = cache.increase_replica_count(NewReplicaCount=2, **more)["ReplicationGroup"]
    assert made["MemberClusters"] == ["rg-001", "rg-002", "rg-003"]
    cache.modify_replication_group(
        ReplicationGroupId="rg", AutomaticFailoverEnabled=True, MultiAZEnabled=True
    )
    made = cache.decrease_replica_count(NewReplicaCount=1, **more)["ReplicationGroup"]
    assert made["MemberClusters"] == ["rg-001", "rg-002"]
    with pytest.raises(ClientError):
        cache.decrease_replica_count(NewReplicaCount=0, **more)
    assert len(cache.describe_cache_clusters()["CacheClusters"]) == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"TransitEncryptionEnabled": False},
        {"AuthToken": "short"},
        {"AutomaticFailoverEnabled": True},
        {"CacheParameterGroupName": "no-such"},
        {"CacheSubnetGroupName": "no-such"},
    ],
)
def test_replication_group_refuses(group: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(ClientError):
        group(**asked)


def test_replication_group_really_goes(cache: Any, group: Any) -> None:
    group()
    for forbidden in (
        lambda: cache.delete_cache_parameter_group(CacheParameterGroupName="par"),
        lambda: cache.delete_cache_subnet_group(CacheSubnetGroupName="sub"),
    ):
        with pytest.raises(ClientError):
            forbidden()
    assert (
        cache.delete_replication_group(ReplicationGroupId="rg")["ReplicationGroup"]["Status"]
        == "deleting"
    )
    with pytest.raises(ClientError) as error:
        cache.describe_replication_groups(ReplicationGroupId="rg")
    assert code(error) == "ReplicationGroupNotFoundFault"
    assert cache.describe_cache_clusters()["CacheClusters"] == []
    cache.delete_cache_parameter_group(CacheParameterGroupName="par")
    cache.delete_cache_subnet_group(CacheSubnetGroupName="sub")
