#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a group of EventBridge Scheduler with its schedules."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: schedule_group
short_description: Manage a group of EventBridge Scheduler with its schedules
description:
  - Keeps a group, all its schedules and its tags as asked. A schedule in it that is not listed is removed.
  - Written because neither amazon.aws nor community.aws has a module for EventBridge Scheduler.
  - A schedule has no tags of its own, its group has.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the group.
    type: str
    required: true
  role_arn:
    description: The role with which Scheduler calls the targets. Required where there are O(schedules).
    type: str
  schedules:
    description: What is called when.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the schedule in the group.
        type: str
        required: true
      expression:
        description: When, as in C(cron(0 20 ? * MON-FRI *)).
        type: str
        required: true
      timezone:
        description: The time zone of the expression, by its IANA name.
        type: str
        default: UTC
      target:
        description: ARN of what is called, as in C(arn:aws:scheduler:::aws-sdk:ec2:stopInstances).
        type: str
        required: true
      input:
        description: What it is called with.
        type: dict
        required: true
  wait:
    description: Whether to wait until a deleted group is gone, for AWS deletes its schedules first.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 120
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Stop a database in the evening
  groundwork.aws.schedule_group:
    name: shop-qa
    role_arn: arn:aws:iam::123456789012:role/shop-qa-schedule
    schedules:
      - name: stop-database
        expression: cron(0 20 ? * MON-FRI *)
        timezone: Europe/Berlin
        target: arn:aws:scheduler:::aws-sdk:rds:stopDBInstance
        input: {DbInstanceIdentifier: shop-qa-database}
"""

RETURN = r"""
name:
  description: Name of the group.
  returned: when it exists
  type: str
arn:
  description: ARN of the group.
  returned: when it exists
  type: str
"""

import json
from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
    error_code,
    patiently,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

MISSING = "ResourceNotFoundException"
# A call that fails is made again for an hour, not for Scheduler's own day: a host must not be stopped at noon.
RETRY = {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}


def is_unknown_role(error: Exception) -> bool:
    """Whether Scheduler does not know a role yet, which it does some seconds after it was made."""
    return error_code(error) == "ValidationException" and "assume" in str(error)


class Group(Resource):
    """A group of schedules, identified by its name."""

    service = "scheduler"

    def describe(self) -> dict[str, Any] | None:
        try:
            group = self.client.get_schedule_group(Name=self.params["name"], aws_retry=True)
        except ClientError as error:
            if error_code(error) == MISSING:
                return None
            raise
        if group["State"] == "DELETING":
            return None
        tags = self.client.list_tags_for_resource(ResourceArn=group["Arn"], aws_retry=True)
        return {
            "name": group["Name"],
            "arn": group["Arn"],
            "schedules": [self._schedule(name) for name in self._names()],
            "tags": boto3_tag_list_to_ansible_dict(tags.get("Tags") or []),
        }

    def _names(self) -> list[str]:
        pages = self.client.get_paginator("list_schedules").paginate(GroupName=self.params["name"])
        return sorted(one["Name"] for page in pages for one in page["Schedules"])

    def _schedule(self, name: str) -> dict[str, Any]:
        found = self.client.get_schedule(Name=name, GroupName=self.params["name"], aws_retry=True)
        target = found["Target"]
        return {
            "name": name,
            "expression": found["ScheduleExpression"],
            "timezone": found.get("ScheduleExpressionTimezone", "UTC"),
            "target": target["Arn"],
            "input": json.loads(target.get("Input") or "{}"),
            "role_arn": target["RoleArn"],
            "enabled": found["State"] == "ENABLED",
            "retries": target.get("RetryPolicy", {}).get("MaximumRetryAttempts"),
        }

    def desired(self) -> dict[str, Any]:
        schedules = [
            {
                **{key: one.get(key) for key in ("name", "expression", "target", "input")},
                "timezone": one.get("timezone") or "UTC",
                "role_arn": self.params["role_arn"],
                "enabled": True,
                "retries": RETRY["MaximumRetryAttempts"],
            }
            for one in self.params["schedules"]
        ]
        return {"schedules": sorted(schedules, key=lambda one: one["name"])}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        # One that is on its way out has the name until it is gone.
        self.wait(present=False)
        self.client.create_schedule_group(
            Name=self.params["name"], Tags=ansible_dict_to_boto3_tag_list(tags), aws_retry=True
        )
        for schedule in properties["schedules"]:
            self._put(self.client.create_schedule, schedule)

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        had = {one["name"]: one for one in current["schedules"]}
        for schedule in changes["schedules"]:
            before = had.pop(schedule["name"], None)
            if before is None:
                self._put(self.client.create_schedule, schedule)
            elif before != schedule:
                self._put(self.client.update_schedule, schedule)
        for name in had:
            self.client.delete_schedule(Name=name, GroupName=self.params["name"], aws_retry=True)

    def _put(self, call: Callable[..., Any], schedule: dict[str, Any]) -> None:
        patiently(
            lambda: call(
                Name=schedule["name"],
                GroupName=self.params["name"],
                ScheduleExpression=schedule["expression"],
                ScheduleExpressionTimezone=schedule["timezone"],
                FlexibleTimeWindow={"Mode": "OFF"},
                State="ENABLED",
                Target={
                    "Arn": schedule["target"],
                    "RoleArn": schedule["role_arn"],
                    "Input": json.dumps(schedule["input"], sort_keys=True),
                    "RetryPolicy": RETRY,
                },
                aws_retry=True,
            ),
            is_unknown_role,
        )

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.untag_resource(ResourceArn=current["arn"], TagKeys=remove, aws_retry=True)
        if add:
            self.client.tag_resource(
                ResourceArn=current["arn"],
                Tags=ansible_dict_to_boto3_tag_list(add),
                aws_retry=True,
            )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_schedule_group(Name=self.params["name"], aws_retry=True)

    def wait(self, present: bool) -> None:
        if not present:
            self.wait_until(self._is_gone, f"The end of the schedule group {self.params['name']}")

    def _is_gone(self) -> bool:
        try:
            self.client.get_schedule_group(Name=self.params["name"], aws_retry=True)
        except ClientError as error:
            if error_code(error) == MISSING:
                return True
            raise
        return False

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {name: current[name] for name in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    schedule = {
        "name": {"type": "str", "required": True},
        "expression": {"type": "str", "required": True},
        "timezone": {"type": "str", "default": "UTC"},
        "target": {"type": "str", "required": True},
        "input": {"type": "dict", "required": True},
    }
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "role_arn": {"type": "str"},
            "schedules": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": schedule,
            },
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )
    Group(module).run()


if __name__ == "__main__":
    main()
