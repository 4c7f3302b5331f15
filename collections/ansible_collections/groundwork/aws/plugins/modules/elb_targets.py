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
  - An instance can only be registered while it runs. One that was just made is waited for, O(wait_timeout) seconds at most.
  - Written because M(community.aws.elb_target) has no check mode and takes one target at a time.
version_added: 0.1.0
author: Groundwork contributors
options:
  target_group_arn:
    description: ARN of the target group.
    type: str
    required: true
  targets:
    description: Ids of the instances (or addresses).
    type: list
    elements: str
    required: true
  state:
    description: >-
      V(exact) registers these targets and no others, V(present) these besides others, V(absent) deregisters them.
    type: str
    choices: [exact, present, absent]
    default: exact
  wait:
    description:
      - Wait until the last request to what was deregistered has ended; with O(state=present) also until the targets are
        healthy.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 400
  keep_healthy:
    description: >-
      How many healthy targets must be left besides what is deregistered. With fewer nothing is done, and the module fails.
    type: int
    default: 0
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

- name: Take a host out, once its last request has ended
  groundwork.aws.elb_targets:
    target_group_arn: "{{ group.arn }}"
    targets: [i-0123456789abcdef0]
    state: absent
    keep_healthy: 1
    wait: true
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

import time

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass


PAUSE = 1.0


def states(client, arn: str) -> dict[str, str]:
    """State of each target that the group knows, by its id: healthy, unhealthy, initial, draining ..."""
    answer = client.describe_target_health(TargetGroupArn=arn, aws_retry=True)
    return {
        item["Target"]["Id"]: item.get("TargetHealth", {}).get("State", "")
        for item in answer["TargetHealthDescriptions"]
    }


def wanted_targets(state: str, current: set[str], given: set[str]) -> set[str]:
    """The targets that shall be registered in the end."""
    return {"exact": given, "present": current | given, "absent": current - given}[state]


def too_few(known: dict[str, str], remove: set[str], least: int) -> str:
    """Why no target may go, when fewer than `least` healthy ones would be left; empty where they may."""
    left = {item: state for item, state in known.items() if item not in remove}
    healthy = [item for item, state in left.items() if state == "healthy"]
    if not remove or len(healthy) >= least:
        return ""
    told = ", ".join(f"{item} is {state}" for item, state in sorted(left.items())) or "none"
    return (
        f"without {', '.join(sorted(remove))} there would be {len(healthy)} healthy targets, "
        f"and {least} must be left: {told}"
    )


def not_running(error: Exception) -> bool:
    """Whether AWS refused a target because its instance does not run (yet)."""
    told = getattr(error, "response", {}).get("Error", {})
    return told.get("Code") == "InvalidTarget" and "running state" in told.get("Message", "")


def register(client, arn: str, targets: list[dict], timeout: int) -> None:
    """Register targets, as soon as their instances run. Raises ClientError, after `timeout` seconds that one too."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            client.register_targets(TargetGroupArn=arn, Targets=targets, aws_retry=True)
            return
        except ClientError as error:
            if not not_running(error) or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)


def wait_for(client, arn: str, healthy: set[str], gone: set[str], timeout: int) -> str:
    """Why the targets are not where they should be after `timeout` seconds; empty where they are."""
    deadline = time.monotonic() + timeout
    while True:
        now = states(client, arn)
        ill = {item: now.get(item, "unknown") for item in healthy if now.get(item) != "healthy"}
        left = {item: now[item] for item in gone if item in now}
        if not ill and not left:
            return ""
        if time.monotonic() > deadline:
            told = ", ".join(
                f"{item} is {state}" for item, state in sorted({**ill, **left}.items())
            )
            return f"after {timeout} seconds {told}"
        time.sleep(PAUSE)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "target_group_arn": {"type": "str", "required": True},
            "targets": {"type": "list", "elements": "str", "required": True},
            "state": {"type": "str", "choices": ["exact", "present", "absent"], "default": "exact"},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 400},
            "keep_healthy": {"type": "int", "default": 0},
            "port": {"type": "int"},
        },
        supports_check_mode=True,
    )
    client = module.client("elbv2", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    arn, given = module.params["target_group_arn"], set(module.params["targets"])

    def targets(ids: set[str]) -> list[dict]:
        port = {"Port": module.params["port"]} if module.params["port"] else {}
        return [{"Id": item, **port} for item in sorted(ids)]

    try:
        known = states(client, arn)
        current = {item for item, state in known.items() if state != "draining"}
        wanted = wanted_targets(module.params["state"], current, given)
        add, remove = wanted - current, current - wanted
        refused = too_few(known, remove, module.params["keep_healthy"])
        if refused:
            module.fail_json(msg=f"Targets of {arn}: {refused}")
        if not module.check_mode:
            if add:
                register(client, arn, targets(add), module.params["wait_timeout"])
            if remove:
                client.deregister_targets(
                    TargetGroupArn=arn, Targets=targets(remove), aws_retry=True
                )
            if module.params["wait"]:
                healthy = given if module.params["state"] == "present" else set()
                gone = given if module.params["state"] == "absent" else remove
                wrong = wait_for(client, arn, healthy, gone, module.params["wait_timeout"])
                if wrong:
                    module.fail_json(msg=f"Targets of {arn}: {wrong}")
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
