"""What stands in the state bucket is recognised by its ETag; what is not recognised is read."""

from __future__ import annotations

import hashlib

from ansible_collections.groundwork.aws.plugins.module_utils.state import standing, written


class Bucket:
    """Answers a listing; `tags` by key."""

    def __init__(self, tags: dict[str, str]) -> None:
        self.tags = tags

    def get_paginator(self, name: str):
        assert name == "list_objects_v2"
        return self

    def paginate(self, **_: str):
        yield {"Contents": [{"Key": key, "ETag": f'"{tag}"'} for key, tag in self.tags.items()]}
        yield {}


def test_an_object_that_stands_is_told_by_its_etag():
    same = hashlib.md5(written({"b": 1, "a": 2})).hexdigest()
    bucket = Bucket({"o/same": same, "o/other": same, "o/kms": "5e9f0a", "o/stranger": same})
    objects = {"o/same": {"a": 2, "b": 1}, "o/other": {"a": 3}, "o/kms": {}, "o/new": {}}
    assert standing(bucket, "b", objects, "o/") == {"o/same"}
