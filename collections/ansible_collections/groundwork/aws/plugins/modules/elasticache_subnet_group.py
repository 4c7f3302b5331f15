#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an ElastiCache subnet group, with its tags."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: elasticache_subnet_group
short_description: Manage an ElastiCache subnet group with its tags
description:
  - Keeps the subnets and tags of a subnet group as asked.
  - Written because M(community.aws.elasticache_subnet_group) sets no tags.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the subnet group.
    type: str
    required: true
  description:
    description: What it is for. The name where it is not given.
    type: str
  subnet_ids:
    description: Ids of its subnets. Required with O(state=present).
    type: list
    elements: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the cache in the private subnets
  groundwork.aws.elasticache_subnet_group:
    name: shop-qa-cache
    subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
"""

RETURN = r"""
name:
  description: Name of the subnet group.
  returned: when it exists
  type: str
arn:
  description: ARN of the subnet group.
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


class SubnetGroup(ElastiCacheResource):
    """A subnet group."""

    def describe(self) -> dict[str, Any] | None:
        try:
            found = self.client.describe_cache_subnet_groups(
                CacheSubnetGroupName=self.params["name"], aws_retry=True
            )["CacheSubnetGroups"]
        except ClientError as error:
            if error_code(error) == "CacheSubnetGroupNotFoundFault":
                return None
            raise
        if not found:
            return None
        group = found[0]
        return {
            "name": group["CacheSubnetGroupName"],
            "arn": group["ARN"],
            "description": group["CacheSubnetGroupDescription"],
            "subnet_ids": sorted(subnet["SubnetIdentifier"] for subnet in group["Subnets"]),
            "tags": self.tags_of(group["ARN"]),
        }

    def desired(self) -> dict[str, Any]:
        return {
            "description": self.params["description"] or self.params["name"],
            "subnet_ids": sorted(self.params["subnet_ids"] or []),
        }

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        self.client.create_cache_subnet_group(
            CacheSubnetGroupName=self.params["name"],
            CacheSubnetGroupDescription=properties["description"],
            SubnetIds=properties["subnet_ids"],
            Tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        self.client.modify_cache_subnet_group(
            CacheSubnetGroupName=self.params["name"],
            CacheSubnetGroupDescription=changes.get("description", current["description"]),
            SubnetIds=changes.get("subnet_ids", current["subnet_ids"]),
            aws_retry=True,
        )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_cache_subnet_group(
            CacheSubnetGroupName=self.params["name"], aws_retry=True
        )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "description": {"type": "str"},
            "subnet_ids": {"type": "list", "elements": "str"},
        },
        required_if=[("state", "present", ("subnet_ids",))],
        supports_check_mode=True,
    )
    SubnetGroup(module).run()


if __name__ == "__main__":
    main()
