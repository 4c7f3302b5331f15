#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Name what keeps a VPC or security groups from being deleted."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vpc_dependents_info
short_description: Name what keeps a VPC or security groups from being deleted
description:
  - Lists what is in a VPC, or what uses security groups, and does not carry the given tags.
  - AWS answers the deletion of either with C(DependencyViolation), which names nobody. So a role asks before it deletes.
  - Network interfaces that AWS manages outlive their load balancer or database by minutes. As long as there is nothing
    else, the module waits for them.
version_added: 0.1.0
author: Groundwork contributors
options:
  vpc_id:
    description: The VPC.
    type: str
  security_group_ids:
    description: The security groups.
    type: list
    elements: str
  tags:
    description: What carries all of these tags is expected, and not listed.
    type: dict
    required: true
  wait_timeout:
    description: Seconds to wait at most for what AWS takes away by itself. With V(0) that is not listed either.
    type: int
    default: 0
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Look for what else is in the VPC
  groundwork.aws.vpc_dependents_info:
    vpc_id: vpc-0123456789abcdef0
    tags: {Project: shop, Environment: qa}
  register: _dependents
"""

RETURN = r"""
dependents:
  description: What keeps it.
  returned: always
  type: list
  elements: dict
  contains:
    id:
      description: The resource's id.
      type: str
    type:
      description: What it is.
      type: str
      sample: network interface
    name:
      description: Its tag C(Name), or an empty string.
      type: str
    passing:
      description: Whether AWS takes it away by itself.
      type: bool
    text:
      description: All of that in words.
      type: str
      sample: instance i-9 (not tagged as ours) is in subnet-1
"""

import time

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.vpc import dependents

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

PAUSE = 5


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "vpc_id": {"type": "str"},
            "security_group_ids": {"type": "list", "elements": "str"},
            "tags": {"type": "dict", "required": True},
            "wait_timeout": {"type": "int", "default": 0},
        },
        required_one_of=[("vpc_id", "security_group_ids")],
        mutually_exclusive=[("vpc_id", "security_group_ids")],
        supports_check_mode=True,
    )
    asked = (module.params["vpc_id"], module.params["security_group_ids"] or [])
    deadline = time.monotonic() + module.params["wait_timeout"]
    try:
        client = module.client("ec2")
        found = dependents(client, *asked, module.params["tags"])
        while found and all(one["passing"] for one in found) and time.monotonic() < deadline:
            time.sleep(PAUSE)
            found = dependents(client, *asked, module.params["tags"])
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"Looking for what uses {asked[0] or asked[1]}")
    if not module.params["wait_timeout"]:
        found = [one for one in found if not one["passing"]]
    module.exit_json(changed=False, dependents=found)


if __name__ == "__main__":
    main()
