#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a target group of an application load balancer, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: elb_target_group
short_description: Manage a target group of an application load balancer
description:
  - Keeps a target group's health check, attributes and tags as asked. It never touches the targets.
  - Written because M(community.aws.elb_target_group) has no check mode, and by its defaults deregisters
    every healthy target on each run.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the target group, at most 32 characters.
    type: str
    required: true
  vpc_id:
    description: The VPC of the targets. Required with O(state=present).
    type: str
  port:
    description: The targets' port. Required with O(state=present).
    type: int
  protocol:
    description: Protocol towards the targets.
    type: str
    choices: [HTTP, HTTPS]
    default: HTTP
  target_type:
    description: Whether targets are instances or addresses.
    type: str
    choices: [instance, ip]
    default: instance
  health_check_path:
    description: What the health check asks for.
    type: str
    default: /
  health_check_codes:
    description: Status codes of a healthy answer, such as V(200) or V(200-299).
    type: str
    default: '200'
  health_check_interval:
    description: Seconds between two checks of a target.
    type: int
    default: 30
  health_check_timeout:
    description: Seconds after which a check has failed.
    type: int
    default: 5
  healthy_threshold:
    description: Successful checks in a row after which a target is healthy.
    type: int
    default: 5
  unhealthy_threshold:
    description: Failed checks in a row after which a target is unhealthy.
    type: int
    default: 2
  deregistration_delay:
    description: Seconds for which requests may finish on a target that is being deregistered.
    type: int
    default: 30
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the api's target group
  groundwork.aws.elb_target_group:
    name: shop-qa-api
    vpc_id: vpc-0123456789abcdef0
    port: 3000
    health_check_path: /health
"""

RETURN = r"""
name:
  description: Name of the target group.
  returned: when it exists
  type: str
arn:
  description: ARN of the target group.
  returned: when it exists
  type: str
"""

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
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

# our property -> the API's
CREATION = {"vpc_id": "VpcId", "port": "Port", "protocol": "Protocol", "target_type": "TargetType"}
HEALTH_CHECK = {
    "health_check_path": "HealthCheckPath",
    "health_check_interval": "HealthCheckIntervalSeconds",
    "health_check_timeout": "HealthCheckTimeoutSeconds",
    "healthy_threshold": "HealthyThresholdCount",
    "unhealthy_threshold": "UnhealthyThresholdCount",
}


class TargetGroup(Resource):
    """A target group without its targets."""

    service = "elbv2"
    immutable = tuple(CREATION)

    def describe(self) -> dict[str, Any] | None:
        try:
            found = self.client.describe_target_groups(Names=[self.params["name"]], aws_retry=True)[
                "TargetGroups"
            ]
        except ClientError as error:
            if error_code(error) == "TargetGroupNotFound":
                return None
            raise
        if not found:
            return None
        group = found[0]
        arn = group["TargetGroupArn"]
        answer = self.client.describe_target_group_attributes(TargetGroupArn=arn, aws_retry=True)
        attributes = {item["Key"]: item["Value"] for item in answer["Attributes"]}
        tags = self.client.describe_tags(ResourceArns=[arn], aws_retry=True)["TagDescriptions"][0][
            "Tags"
        ]
        return {
            "name": group["TargetGroupName"],
            "arn": arn,
            **{ours: group.get(theirs) for ours, theirs in (CREATION | HEALTH_CHECK).items()},
            "health_check_codes": group.get("Matcher", {}).get("HttpCode"),
            "deregistration_delay": int(
                attributes.get("deregistration_delay.timeout_seconds", 300)
            ),
            "tags": boto3_tag_list_to_ansible_dict(tags),
        }

    def desired(self) -> dict[str, Any]:
        return {
            key: self.params[key]
            for key in [*CREATION, *HEALTH_CHECK, "health_check_codes", "deregistration_delay"]
        }

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        group = self.client.create_target_group(
            Name=self.params["name"],
            **{theirs: properties[ours] for ours, theirs in (CREATION | HEALTH_CHECK).items()},
            Matcher={"HttpCode": properties["health_check_codes"]},
            Tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )["TargetGroups"][0]
        self._set_delay(group["TargetGroupArn"], properties["deregistration_delay"])

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        check = {theirs: changes[ours] for ours, theirs in HEALTH_CHECK.items() if ours in changes}
        if "health_check_codes" in changes:
            check["Matcher"] = {"HttpCode": changes["health_check_codes"]}
        if check:
            self.client.modify_target_group(TargetGroupArn=current["arn"], aws_retry=True, **check)
        if "deregistration_delay" in changes:
            self._set_delay(current["arn"], changes["deregistration_delay"])

    def _set_delay(self, arn: str, seconds: int) -> None:
        self.client.modify_target_group_attributes(
            TargetGroupArn=arn,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(seconds)}],
            aws_retry=True,
        )

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.remove_tags(ResourceArns=[current["arn"]], TagKeys=remove, aws_retry=True)
        if add:
            self.client.add_tags(
                ResourceArns=[current["arn"]],
                Tags=ansible_dict_to_boto3_tag_list(add),
                aws_retry=True,
            )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_target_group(TargetGroupArn=current["arn"], aws_retry=True)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "vpc_id": {"type": "str"},
            "port": {"type": "int"},
            "protocol": {"type": "str", "choices": ["HTTP", "HTTPS"], "default": "HTTP"},
            "target_type": {"type": "str", "choices": ["instance", "ip"], "default": "instance"},
            "health_check_path": {"type": "str", "default": "/"},
            "health_check_codes": {"type": "str", "default": "200"},
            "health_check_interval": {"type": "int", "default": 30},
            "health_check_timeout": {"type": "int", "default": 5},
            "healthy_threshold": {"type": "int", "default": 5},
            "unhealthy_threshold": {"type": "int", "default": 2},
            "deregistration_delay": {"type": "int", "default": 30},
        },
        required_if=[("state", "present", ("vpc_id", "port"))],
        supports_check_mode=True,
    )
    TargetGroup(module).run()


if __name__ == "__main__":
    main()
