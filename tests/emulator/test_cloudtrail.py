"""Trails answer as AWS's do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]


@pytest.fixture
def arns(aws: Aws) -> dict[str, str]:
    aws("s3").create_bucket(Bucket="trails")
    tags = [{"Key": "Project", "Value": "p"}]
    return {
        name: aws("cloudtrail").create_trail(Name=name, S3BucketName="trails", TagsList=tags)[
            "TrailARN"
        ]
        for name in ("shop-qa", "shop-prod")
    }


def names(aws: Aws, **asked: Any) -> list[str]:
    return [one["Name"] for one in aws("cloudtrail").describe_trails(**asked)["trailList"]]


def test_only_the_named_trail_is_told(aws: Aws, arns: dict[str, str]) -> None:
    assert names(aws) == ["shop-qa", "shop-prod"]
    assert names(aws, trailNameList=["shop-prod"]) == ["shop-prod"]
    assert names(aws, trailNameList=[arns["shop-qa"]]) == ["shop-qa"]
    assert names(aws, trailNameList=["shop"]) == []


def test_a_trail_goes_by_its_arn(aws: Aws, arns: dict[str, str]) -> None:
    cloudtrail = aws("cloudtrail")
    cloudtrail.delete_trail(Name=arns["shop-qa"])
    cloudtrail.delete_trail(Name="shop-prod")
    assert names(aws) == []
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        cloudtrail.delete_trail(Name="shop-prod")
