#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an ElastiCache parameter group, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: elasticache_parameter_group
short_description: Manage an ElastiCache parameter group
description:
  - Keeps the parameters and tags of a parameter group as asked. Parameters that are not listed are left alone.
  - Written because M(community.aws.elasticache_parameter_group) has no check mode, does not know the family
    V(redis7) and sets no tags.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the parameter group.
    type: str
    required: true
  family:
    description: Family of the engine version, such as V(redis7). Required with O(state=present). Fixed at creation.
    type: str
  description:
    description: What it is for. The name where it is not given. Fixed at creation.
    type: str
  parameters:
    description: Values by name of the parameter.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the cache persistent
  groundwork.aws.elasticache_parameter_group:
    name: shop-qa-cache
    family: redis7
    parameters:
      maxmemory-policy: allkeys-lru
"""

RETURN = r"""
name:
  description: Name of the parameter group.
  returned: when it exists
  type: str
arn:
  description: ARN of the parameter group.
  returned: when it exists
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
)
from ansible_collections.groundwork.aws.plugins.module_utils.elasticache import ElastiCacheResource
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

# ModifyCacheParameterGroup takes at most 20 parameters a call (API reference).
BATCH = 20


class ParameterGroup(ElastiCacheResource):
    """A parameter group. Each parameter is a property of its own, so that a diff names it."""

    immutable = ("family",)

    def describe(self) -> dict[str, Any] | None:
        name = self.params["name"]
        try:
            found = self.client.describe_cache_parameter_groups(
                CacheParameterGroupName=name, aws_retry=True
            )
        except ClientError as error:
            if error_code(error) in (
                "CacheParameterGroupNotFound",
                "CacheParameterGroupNotFoundFault",
            ):
                return None
            raise
        if not found["CacheParameterGroups"]:
            return None
        group = found["CacheParameterGroups"][0]
        values: dict[str, str | None] = {}
        if self.params["state"] == "present":
            pages = self.client.get_paginator("describe_cache_parameters").paginate(
                CacheParameterGroupName=name
            )
            values = {
                item["ParameterName"]: item.get("ParameterValue")
                for page in pages
                for item in page["Parameters"]
            }
        return {
            **values,
            "name": group["CacheParameterGroupName"],
            "arn": group["ARN"],
            "family": group["CacheParameterGroupFamily"],
            "tags": self.tags_of(group["ARN"]),
        }

    def desired(self) -> dict[str, Any]:
        return {
            "family": self.params["family"],
            **{key: str(value) for key, value in self.params["parameters"].items()},
        }

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        self.client.create_cache_parameter_group(
            CacheParameterGroupName=self.params["name"],
            CacheParameterGroupFamily=properties["family"],
            Description=self.params["description"] or self.params["name"],
            Tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )
        self.update({key: value for key, value in properties.items() if key != "family"}, {})

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        items = [{"ParameterName": key, "ParameterValue": value} for key, value in changes.items()]
        for start in range(0, len(items), BATCH):
            self.client.modify_cache_parameter_group(
                CacheParameterGroupName=self.params["name"],
                ParameterNameValues=items[start : start + BATCH],
                aws_retry=True,
            )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_cache_parameter_group(
            CacheParameterGroupName=self.params["name"], aws_retry=True
        )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "family": {"type": "str"},
            "description": {"type": "str"},
            "parameters": {"type": "dict", "default": {}},
        },
        required_if=[("state", "present", ("family",))],
        supports_check_mode=True,
    )
    ParameterGroup(module).run()


if __name__ == "__main__":
    main()
