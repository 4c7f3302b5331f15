"""Buckets answer as AWS's do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]
BUCKET = "shop-qa-state"


@pytest.fixture
def s3(aws: Aws) -> Any:
    client = aws("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


def refuse(client: Any, **condition: Any) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        **({"Condition": condition} if condition else {}),
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))


def test_a_bucket_that_refuses_plain_http_answers(s3: Any) -> None:
    refuse(s3, Bool={"aws:SecureTransport": "false"})
    s3.put_object(Bucket=BUCKET, Key="runs/1.json", Body=b"{}")
    assert s3.get_object(Bucket=BUCKET, Key="runs/1.json")["Body"].read() == b"{}"
    kept = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    assert kept["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("condition", [{}, {"Bool": {"aws:SecureTransport": "true"}}])
def test_what_a_policy_refuses_is_refused(s3: Any, condition: dict[str, Any]) -> None:
    refuse(s3, **condition)
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket=BUCKET, Key="runs/1.json", Body=b"{}")
