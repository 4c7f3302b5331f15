"""Flow logs answer as AWS's do, and our module keeps one of them on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.groundwork.aws.plugins.modules.vpc_flow_log import FIELDS, FlowLog
from botocore.exceptions import ClientError
from one_module import Kept

Aws = Callable[[str], Any]
BUCKET = "shop-qa-access-logs"
FORMAT = " ".join(f"${{{field}}}" for field in FIELDS)
FOLDER = f"arn:aws:s3:::{BUCKET}/flow-logs"


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws("ec2")


@pytest.fixture
def vpc(aws: Aws, ec2: Any) -> str:
    aws("s3").create_bucket(Bucket=BUCKET)
    return ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]


def make(ec2: Any, vpc: str, **more: Any) -> dict[str, Any]:
    asked = {"LogDestination": FOLDER, "TrafficType": "ALL", "LogDestinationType": "s3"}
    return ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[vpc], **asked | more)


def test_a_flow_log_goes_to_a_folder_and_tells_how(ec2: Any, vpc: str) -> None:
    make(ec2, vpc, DestinationOptions={"FileFormat": "parquet", "PerHourPartition": True})
    (found,) = ec2.describe_flow_logs()["FlowLogs"]
    assert (found["LogDestination"], found["LogDestinationType"]) == (FOLDER, "s3")
    assert found["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": False,
        "PerHourPartition": True,
    }


def test_a_second_one_must_differ(ec2: Any, vpc: str) -> None:
    make(ec2, vpc)
    make(ec2, vpc, DestinationOptions={"FileFormat": "parquet"})
    make(ec2, vpc, TrafficType="REJECT")
    with pytest.raises(ClientError, match="FlowLogAlreadyExists"):
        make(ec2, vpc, LogFormat=FORMAT, MaxAggregationInterval=600)
    assert len(ec2.describe_flow_logs()["FlowLogs"]) == 3


def test_a_bucket_that_is_not_there_is_said_in_the_answer(ec2: Any, vpc: str) -> None:
    answer = make(ec2, vpc, LogDestination="arn:aws:s3:::nowhere/flow-logs")
    assert answer["FlowLogIds"] == []
    assert "nowhere does not exist" in answer["Unsuccessful"][0]["Error"]["Message"]


@pytest.fixture
def kept(aws: Aws, vpc: str) -> Kept:
    """The flow log that our module keeps."""
    asked = {"name": "shop-qa", "vpc_id": vpc, "destination": FOLDER, "tags": {"Project": "shop"}}
    return Kept(aws, "vpc_flow_log:FlowLog", asked)


def standing(ec2: Any) -> list[dict[str, Any]]:
    return ec2.describe_flow_logs()["FlowLogs"]


def test_it_is_announced_made_and_then_left_alone(ec2: Any, kept: Kept) -> None:
    assert kept.run(check=True)["changed"] and standing(ec2) == []
    made = kept.run()
    assert made["called"] == ["CreateFlowLogs"]
    (found,) = standing(ec2)
    assert found["FlowLogId"] == made["flow_log_id"]
    assert {tag["Key"]: tag["Value"] for tag in found["Tags"]} == {
        "Name": "shop-qa",
        "Project": "shop",
    }
    again = kept.run()
    assert (again["changed"], again["called"]) == (False, [])


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
def test_another_one_stands_before_the_old_one_goes(ec2: Any, kept: Kept, other) -> None:
    before = kept.run()["flow_log_id"]
    planned = kept.run(check=True, **other)
    assert planned["changed"]
    done = kept.run(**other)
    assert done["called"] == ["CreateFlowLogs", "DeleteFlowLogs"]
    assert done["diff"] == planned["diff"] and set(done["diff"]["after"]) == set(other)
    (found,) = standing(ec2)
    assert found["FlowLogId"] == done["flow_log_id"] != before
    assert not kept.run(**other)["changed"]


def test_tags_are_changed_in_place(kept: Kept) -> None:
    before = kept.run()["flow_log_id"]
    done = kept.run(tags={"Owner": "me"})
    assert done["called"] == ["DeleteTags", "CreateTags"] and done["flow_log_id"] == before
    assert done["diff"]["after"] == {"tags": {"Name": "shop-qa", "Owner": "me"}}
    assert not kept.run(tags={"Owner": "me"})["changed"]
    assert not kept.run(tags=None)["changed"]


def test_property_and_tags_at_once(kept: Kept) -> None:
    kept.run()
    done = kept.run(traffic="REJECT", tags={"Owner": "me"})
    assert done["diff"]["after"]["tags"] == {"Name": "shop-qa", "Owner": "me"}
    assert not kept.run(traffic="REJECT", tags={"Owner": "me"})["changed"]


def test_what_an_interrupted_run_left_goes(ec2: Any, kept: Kept, vpc: str) -> None:
    first = kept.run()["flow_log_id"]
    named = {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "shop-qa"}]}
    make(ec2, vpc, TrafficType="REJECT", TagSpecifications=[named])
    assert len(kept.run(check=True)["diff"]["before"]["duplicates"]) == 1
    done = kept.run()
    assert done["called"] == ["DeleteFlowLogs"]
    assert [one["FlowLogId"] for one in standing(ec2)] == [first] == [done["flow_log_id"]]


def test_one_that_lost_its_name_gets_it_back(ec2: Any, kept: Kept) -> None:
    before = kept.run()["flow_log_id"]
    ec2.delete_tags(Resources=[before], Tags=[{"Key": "Name"}])
    assert kept.run()["flow_log_id"] == before
    (found,) = standing(ec2)
    assert {"Key": "Name", "Value": "shop-qa"} in found["Tags"]


def test_a_neighbours_is_left_alone(ec2: Any, kept: Kept, vpc: str) -> None:
    named = {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "another"}]}
    (other,) = make(ec2, vpc, TrafficType="REJECT", TagSpecifications=[named])["FlowLogIds"]
    kept.run()
    gone = kept.run(state="absent", vpc_id=None, destination=None)
    assert gone["changed"] and gone["called"] == ["DeleteFlowLogs"]
    assert [one["FlowLogId"] for one in standing(ec2)] == [other]
    assert not kept.run(state="absent", vpc_id=None, destination=None)["changed"]


def test_gone_are_only_those_with_our_tags(ec2: Any, kept: Kept) -> None:
    kept.run()
    gone = {"state": "absent", "vpc_id": None}
    assert not kept.run(tags={"Project": "another"}, **gone)["changed"]
    assert kept.run(check=True, **gone)["changed"]
    assert len(standing(ec2)) == 1


def test_what_aws_takes_for_the_same_makes_way_first(ec2: Any, kept: Kept, monkeypatch) -> None:
    before, create, refused = kept.run()["flow_log_id"], FlowLog.create, []

    def wary(self, properties, tags):
        if [one for one in standing(ec2) if one["FlowLogId"] == before]:
            refused.append(1)
            answer = {"Error": {"Code": "FlowLogAlreadyExists", "Message": "same"}}
            raise ClientError(answer, "CreateFlowLogs")
        create(self, properties, tags)

    monkeypatch.setattr(FlowLog, "create", wary)
    done = kept.run(file_format="parquet")
    assert refused and done["called"][:2] == ["DeleteFlowLogs", "CreateFlowLogs"]
    assert [one["FlowLogId"] for one in standing(ec2)] == [done["flow_log_id"]]


def test_a_bucket_that_aws_does_not_know_is_a_failure(ec2: Any, kept: Kept) -> None:
    with pytest.raises(RuntimeError, match="nowhere does not exist"):
        kept.run(destination="arn:aws:s3:::nowhere/flow-logs")
    assert standing(ec2) == []


def test_a_delivery_that_fails_is_a_warning(kept: Kept, monkeypatch) -> None:
    kept.run()
    described = FlowLog._described

    def failing(self, found):
        return {**described(self, found), "delivery": "FAILED", "problem": "Access error"}

    monkeypatch.setattr(FlowLog, "_described", failing)
    told = kept.run()
    assert not told["changed"] and "Access error" in told["warnings"][0]
