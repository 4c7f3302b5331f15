#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Keep the set of targets of a target group, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: elb_targets
short_description: Keep the set of targets of a target group
description:
  - Registers the targets that are missing and deregisters those that are not listed. A target that is
    registered already is not touched, so it loses no request.
  - Written because M(community.aws.elb_target) has no check mode and takes one target at a time.
version_added: 0.1.0
author: Groundwork contributors
options:
  target_group_arn:
    description: ARN of the target group.
    type: str
    required: true
  targets:
    description: Ids of the instances (or addresses) that shall be registered, and no others.
    type: list
    elements: str
    required: true
  port:
    description: Port of the targets. The target group's own where it is not given.
    type: int
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Send requests to these two hosts
  groundwork.aws.elb_targets:
    target_group_arn: "{{ group.arn }}"
    targets: [i-0123456789abcdef0, i-0123456789abcdef1]
"""

RETURN = r"""
registered:
  description: Targets that were registered by this run.
  returned: always
  type: list
  elements: str
deregistered:
  description: Targets that were deregistered by this run.
  returned: always
  type: list
  elements: str
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass


def registered_targets(client, arn: str) -> set[str]:
    """Ids of the targets that are registered, without those that are on their way out."""
    answer = client.describe_target_health(TargetGroupArn=arn, aws_retry=True)
    return {
        item["Target"]["Id"]
        for item in answer["TargetHealthDescriptions"]
        if item.get("TargetHealth", {}).get("State") != "draining"
    }


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "target_group_arn": {"type": "str", "required": True},
            "targets": {"type": "list", "elements": "str", "required": True},
            "port": {"type": "int"},
        },
        supports_check_mode=True,
    )
    client = module.client("elbv2", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    arn, wanted = module.params["target_group_arn"], set(module.params["targets"])

    def targets(ids: set[str]) -> list[dict]:
        port = {"Port": module.params["port"]} if module.params["port"] else {}
        return [{"Id": item, **port} for item in sorted(ids)]

    try:
        current = registered_targets(client, arn)
        add, remove = wanted - current, current - wanted
        if not module.check_mode:
            if add:
                client.register_targets(TargetGroupArn=arn, Targets=targets(add), aws_retry=True)
            if remove:
                client.deregister_targets(
                    TargetGroupArn=arn, Targets=targets(remove), aws_retry=True
                )
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"Targets of {arn}")
    module.exit_json(
        changed=bool(add or remove),
        diff={"before": {"targets": sorted(current)}, "after": {"targets": sorted(wanted)}},
        registered=sorted(add),
        deregistered=sorted(remove),
    )


if __name__ == "__main__":
    main()
