# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Reading JSON objects from the state bucket, which may not exist yet."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.resource import error_code

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

MISSING = {"NoSuchBucket", "NoSuchKey", "404"}


def read_object(client: Any, bucket: str, key: str) -> Any:
    """The object `key` as plain data, or None where it (or its bucket) does not exist."""
    try:
        return json.load(client.get_object(Bucket=bucket, Key=key, aws_retry=True)["Body"])
    except ClientError as error:
        if error_code(error) in MISSING:
            return None
        raise


def written(value: Any) -> bytes:
    """An object as it is kept."""
    return json.dumps(value, indent=2, sort_keys=True).encode()


def standing(client: Any, bucket: str, objects: dict[str, Any], prefix: str) -> set[str]:
    """Which of `objects`, whose keys begin with `prefix`, stand in the bucket as they would be written.

    One question for a thousand of them: the ETag of an object that is encrypted with AES256 and was
    written in one part is its MD5. One that does not tell is not among them.
    """
    tags = {
        key: hashlib.md5(written(value), usedforsecurity=False).hexdigest()
        for key, value in objects.items()
    }
    try:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {
            item["Key"]
            for page in pages
            for item in page.get("Contents", [])
            if item["ETag"].strip('"') == tags.get(item["Key"])
        }
    except ClientError as error:
        if error_code(error) in MISSING:
            return set()
        raise


def list_keys(client: Any, bucket: str, prefix: str) -> list[str]:
    """Keys of the JSON objects that begin with `prefix`; none where the bucket does not exist."""
    try:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [
            item["Key"]
            for page in pages
            for item in page.get("Contents", [])
            if item["Key"].endswith(".json")
        ]
    except ClientError as error:
        if error_code(error) in MISSING:
            return []
        raise
