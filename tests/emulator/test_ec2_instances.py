"""Instances take and refuse changes as AWS's do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]


def instance(ec2: Any) -> str:
    """The id of a new instance, which runs."""
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, InstanceType="t3.small", MinCount=1, MaxCount=1)
    return made["Instances"][0]["InstanceId"]


def type_of(ec2: Any, identifier: str) -> str:
    asked = ec2.describe_instance_attribute(InstanceId=identifier, Attribute="instanceType")
    return asked["InstanceType"]["Value"]


@pytest.mark.parametrize(
    "change",
    [{"InstanceType": {"Value": "t3.large"}}, {"Attribute": "instanceType", "Value": "t3.large"}],
    ids=["by its member", "by its name"],
)
def test_a_type_is_changed_of_a_stopped_instance_only(aws: Aws, change: dict[str, Any]) -> None:
    ec2 = aws("ec2")
    identifier = instance(ec2)
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        ec2.modify_instance_attribute(InstanceId=identifier, **change)
    assert type_of(ec2, identifier) == "t3.small"
    ec2.stop_instances(InstanceIds=[identifier])
    ec2.modify_instance_attribute(InstanceId=identifier, **change)
    assert type_of(ec2, identifier) == "t3.large"


def test_a_type_that_there_is_not_is_refused(aws: Aws) -> None:
    ec2 = aws("ec2")
    identifier = instance(ec2)
    ec2.stop_instances(InstanceIds=[identifier])
    with pytest.raises(ClientError, match="InvalidInstanceAttributeValue"):
        ec2.modify_instance_attribute(InstanceId=identifier, InstanceType={"Value": "t3.huge"})
    assert type_of(ec2, identifier) == "t3.small"


def test_other_attributes_are_changed_of_one_that_runs(aws: Aws) -> None:
    ec2 = aws("ec2")
    identifier = instance(ec2)
    ec2.modify_instance_attribute(InstanceId=identifier, DisableApiTermination={"Value": True})
    asked = ec2.describe_instance_attribute(
        InstanceId=identifier, Attribute="disableApiTermination"
    )
    assert asked["DisableApiTermination"]["Value"] is True
