#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a log group of CloudWatch Logs, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: log_group
short_description: Manage a log group of CloudWatch Logs
description:
  - Keeps the retention, key and tags of a log group as asked.
  - Written because M(amazon.aws.cloudwatchlogs_log_group) sets the retention in check mode too, and deletes a log group
    whose retention it is asked to set to a value that AWS does not know.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the log group.
    type: str
    required: true
  retention:
    description: Days for which events are kept, one of the values that AWS knows. V(0) keeps them for ever.
    type: int
    default: 0
  kms_key_id:
    description: ARN of the KMS key for encryption at rest. AWS's own key where it is not given.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep a month of logs
  groundwork.aws.log_group:
    name: /shop/qa/api
    retention: 30
"""

RETURN = r"""
name:
  description: Name of the log group.
  returned: when it exists
  type: str
arn:
  description: ARN of the log group.
  returned: when it exists
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
)


class LogGroup(Resource):
    """A log group."""

    service = "logs"

    def describe(self) -> dict[str, Any] | None:
        name = self.params["name"]
        pages = self.client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        groups = (group for page in pages for group in page["logGroups"])
        group = next((group for group in groups if group["logGroupName"] == name), None)
        if group is None:
            return None
        arn = group["arn"].removesuffix(":*")
        answer = self.client.list_tags_for_resource(resourceArn=arn, aws_retry=True)
        return {
            "name": name,
            "arn": arn,
            "retention": group.get("retentionInDays", 0),
            "kms_key_id": group.get("kmsKeyId"),
            "tags": answer["tags"],
        }

    def desired(self) -> dict[str, Any]:
        return {key: self.params[key] for key in ("retention", "kms_key_id")}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        arguments: dict[str, Any] = {"logGroupName": self.params["name"]}
        if tags:
            arguments["tags"] = tags
        if properties["kms_key_id"]:
            arguments["kmsKeyId"] = properties["kms_key_id"]
        self.client.create_log_group(aws_retry=True, **arguments)
        if properties["retention"]:
            self._set_retention(properties["retention"])

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        group = {"logGroupName": self.params["name"], "aws_retry": True}
        if "retention" in changes:
            self._set_retention(changes["retention"])
        if changes.get("kms_key_id"):
            self.client.associate_kms_key(kmsKeyId=changes["kms_key_id"], **group)
        elif "kms_key_id" in changes:
            self.client.disassociate_kms_key(**group)

    def _set_retention(self, days: int) -> None:
        group = {"logGroupName": self.params["name"], "aws_retry": True}
        if days:
            self.client.put_retention_policy(retentionInDays=days, **group)
        else:
            self.client.delete_retention_policy(**group)

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.untag_resource(resourceArn=current["arn"], tagKeys=remove, aws_retry=True)
        if add:
            self.client.tag_resource(resourceArn=current["arn"], tags=add, aws_retry=True)

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_log_group(logGroupName=self.params["name"], aws_retry=True)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "retention": {"type": "int", "default": 0},
            "kms_key_id": {"type": "str", "no_log": False},
        },
        supports_check_mode=True,
    )
    LogGroup(module).run()


if __name__ == "__main__":
    main()
