"""Flow logs answer as AWS's do, and our module keeps one of them on it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.groundwork.aws.plugins.modules.vpc_flow_log import FIELDS, FlowLog
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]
BUCKET = "shop-qa-access-logs"
FORMAT = " ".join(f"${{{field}}}" for field in FIELDS)
FOLDER = f"arn:aws:s3:::{BUCKET}/flow-logs"


@pytest.fixture
def vpc(aws: Aws) -> str:
    aws("s3").create_bucket(Bucket=BUCKET)
    return aws("ec2").create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]


def make(aws: Aws, vpc: str, **more: Any) -> dict[str, Any]:
    asked = {"LogDestination": FOLDER, "TrafficType": "ALL", "LogDestinationType": "s3"}
    return aws("ec2").create_flow_logs(ResourceType="VPC", ResourceIds=[vpc], **asked | more)


def test_a_flow_log_goes_to_a_folder_and_tells_how(aws: Aws, vpc: str) -> None:
    make(aws, vpc, DestinationOptions={"FileFormat": "parquet", "PerHourPartition": True})
    (found,) = aws("ec2").describe_flow_logs()["FlowLogs"]
    assert (found["LogDestination"], found["LogDestinationType"]) == (FOLDER, "s3")
    assert found["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": False,
        "PerHourPartition": True,
    }


def test_a_second_one_must_differ(aws: Aws, vpc: str) -> None:
    make(aws, vpc)
    make(aws, vpc, DestinationOptions={"FileFormat": "parquet"})
    make(aws, vpc, TrafficType="REJECT")
    with pytest.raises(ClientError, match="FlowLogAlreadyExists"):
        make(aws, vpc, LogFormat=FORMAT, MaxAggregationInterval=600)
    assert len(aws("ec2").describe_flow_logs()["FlowLogs"]) == 3


def test_a_bucket_that_is_not_there_is_said_in_the_answer(aws: Aws, vpc: str) -> None:
    answer = make(aws, vpc, LogDestination="arn:aws:s3:::nowhere/flow-logs")
    assert answer["FlowLogIds"] == []
    assert "nowhere does not exist" in answer["Unsuccessful"][0]["Error"]["Message"]


class Ended(Exception):
    """A module has come to its end."""


@pytest.fixture
def run(aws: Aws, vpc: str):
    """A function that runs the module; what it returns, with the calls that changed something."""

    def ran(check: bool = False, **params: Any) -> dict[str, Any]:
        told: dict[str, Any] = {"calls": [], "warnings": []}

        def end(**result: Any) -> None:
            told.update(result)
            raise Ended

        def client(service: str, **_: Any) -> Any:
            made = aws(service)
            made.meta.events.register("before-call", note)
            return Plain(made)

        def note(model: Any, **_: Any) -> None:
            if not model.name.startswith("Describe"):
                told["calls"].append(model.name)

        given = {
            "name": "shop-qa",
            "vpc_id": vpc,
            "destination": FOLDER,
            "traffic": "ALL",
            "interval": 600,
            "file_format": "plain-text",
            "partitions": "day",
            "fields": list(FIELDS),
            "tags": {"Project": "shop"},
            "purge_tags": True,
            "state": "present",
        }
        module = SimpleNamespace(
            params=given | params,
            check_mode=check,
            client=client,
            exit_json=end,
            fail_json=end,
            warn=told["warnings"].append,
            _name="vpc_flow_log",
        )
        with pytest.raises(Ended):
            FlowLog(module).run()
        return told

    return ran


class Plain:
    """A client that drops amazon.aws's argument."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name == "get_paginator":
            return call
        return lambda aws_retry=False, **given: call(**given)


def standing(aws: Aws) -> list[dict[str, Any]]:
    return aws("ec2").describe_flow_logs()["FlowLogs"]


def test_it_is_announced_made_and_then_left_alone(aws: Aws, run) -> None:
    assert run(check=True)["changed"] and standing(aws) == []
    made = run()
    assert made["calls"] == ["CreateFlowLogs"]
    (found,) = standing(aws)
    assert found["FlowLogId"] == made["flow_log_id"]
    assert {tag["Key"]: tag["Value"] for tag in found["Tags"]} == {
        "Name": "shop-qa",
        "Project": "shop",
    }
    again = run()
    assert (again["changed"], again["calls"]) == (False, [])


@pytest.mark.parametrize(
    "other",
    [
        {"traffic": "REJECT"},
        {"interval": 60},
        {"file_format": "parquet"},
        {"partitions": "hive-hour"},
        {"fields": ["srcaddr", "pkt-srcaddr"]},
        {"destination": f"arn:aws:s3:::{BUCKET}/elsewhere"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_another_one_stands_before_the_old_one_goes(aws: Aws, run, other) -> None:
    before = run()["flow_log_id"]
    planned = run(check=True, **other)
    assert planned["calls"] == [] and planned["changed"]
    done = run(**other)
    assert done["calls"] == ["CreateFlowLogs", "DeleteFlowLogs"]
    assert done["diff"] == planned["diff"] and set(done["diff"]["after"]) == set(other)
    (found,) = standing(aws)
    assert found["FlowLogId"] == done["flow_log_id"] != before
    assert not run(**other)["changed"]


def test_tags_are_changed_in_place(run) -> None:
    before = run()["flow_log_id"]
    done = run(tags={"Owner": "me"})
    assert done["calls"] == ["DeleteTags", "CreateTags"] and done["flow_log_id"] == before
    assert done["diff"]["after"] == {"tags": {"Name": "shop-qa", "Owner": "me"}}
    assert not run(tags={"Owner": "me"})["changed"]
    assert not run(tags=None)["changed"]


def test_property_and_tags_at_once(run) -> None:
    run()
    done = run(traffic="REJECT", tags={"Owner": "me"})
    assert done["diff"]["after"]["tags"] == {"Name": "shop-qa", "Owner": "me"}
    assert not run(traffic="REJECT", tags={"Owner": "me"})["changed"]


def test_what_an_interrupted_run_left_goes(aws: Aws, run, vpc: str) -> None:
    kept = run()["flow_log_id"]
    named = {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "shop-qa"}]}
    make(aws, vpc, TrafficType="REJECT", TagSpecifications=[named])
    assert len(run(check=True)["diff"]["before"]["duplicates"]) == 1
    done = run()
    assert done["calls"] == ["DeleteFlowLogs"]
    assert [one["FlowLogId"] for one in standing(aws)] == [kept] == [done["flow_log_id"]]


def test_one_that_lost_its_name_gets_it_back(aws: Aws, run) -> None:
    before = run()["flow_log_id"]
    aws("ec2").delete_tags(Resources=[before], Tags=[{"Key": "Name"}])
    assert run()["flow_log_id"] == before
    (found,) = standing(aws)
    assert {"Key": "Name", "Value": "shop-qa"} in found["Tags"]


def test_a_neighbours_is_left_alone(aws: Aws, run, vpc: str) -> None:
    named = {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "another"}]}
    (other,) = make(aws, vpc, TrafficType="REJECT", TagSpecifications=[named])["FlowLogIds"]
    run()
    gone = run(state="absent", vpc_id=None, destination=None)
    assert gone["changed"] and gone["calls"] == ["DeleteFlowLogs"]
    assert [one["FlowLogId"] for one in standing(aws)] == [other]
    assert not run(state="absent", vpc_id=None, destination=None)["changed"]


def test_gone_are_only_those_with_our_tags(aws: Aws, run) -> None:
    run()
    assert not run(state="absent", vpc_id=None, destination=None, tags={"Project": "x"})["changed"]
    assert run(state="absent", vpc_id=None, check=True)["changed"]
    assert len(standing(aws)) == 1


def test_what_aws_takes_for_the_same_makes_way_first(aws: Aws, run, monkeypatch) -> None:
    before, create, refused = run()["flow_log_id"], FlowLog.create, []

    def wary(self, properties, tags):
        if [one for one in standing(aws) if one["FlowLogId"] == before]:
            refused.append(1)
            answer = {"Error": {"Code": "FlowLogAlreadyExists", "Message": "same"}}
            raise ClientError(answer, "CreateFlowLogs")
        create(self, properties, tags)

    monkeypatch.setattr(FlowLog, "create", wary)
    done = run(file_format="parquet")
    assert refused and done["calls"][:2] == ["DeleteFlowLogs", "CreateFlowLogs"]
    assert [one["FlowLogId"] for one in standing(aws)] == [done["flow_log_id"]]


def test_a_bucket_that_aws_does_not_know_is_a_failure(aws: Aws, run) -> None:
    failed = run(destination="arn:aws:s3:::nowhere/flow-logs")
    assert "nowhere does not exist" in failed["msg"] and standing(aws) == []


def test_a_delivery_that_fails_is_a_warning(run, monkeypatch) -> None:
    run()
    described = FlowLog._described

    def failing(self, found):
        return {**described(self, found), "delivery": "FAILED", "problem": "Access error"}

    monkeypatch.setattr(FlowLog, "_described", failing)
    told = run()
    assert not told["changed"] and "Access error" in told["warnings"][0]
