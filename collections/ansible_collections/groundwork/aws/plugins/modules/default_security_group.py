#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Keep the security group that AWS gives a VPC without rules, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: default_security_group
short_description: Keep a VPC's default security group empty
description:
  - Takes all rules out of the security group that AWS gives each VPC. Whatever is started without a group of its own is in it, and its
    rules let all of them reach each other and everything outside.
  - Written because M(amazon.aws.ec2_security_group) announces a group that is created where the VPC is not there yet, and then
    finds one that AWS has made and changes it, so a run would not do what its plan said. Here the group counts as there once its rules
    are other ones than those that AWS made it with.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: What a plan calls it.
    type: str
    required: true
  vpc_id:
    description: The VPC.
    type: str
    required: true
notes:
  - AWS deletes the group with its VPC, and lets nobody delete it before.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Keep the default group empty
  groundwork.aws.default_security_group:
    name: shop-qa
    vpc_id: vpc-0123456789abcdef0
"""

RETURN = r"""
group_id:
  description: Id of the group.
  returned: when it is empty
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.firewall_rules import lines
from ansible_collections.groundwork.aws.plugins.module_utils.resource import Resource


class DefaultGroup(Resource):
    """A VPC's default security group; as AWS made it, it counts as not there yet."""

    service = "ec2"

    def describe(self) -> dict[str, Any] | None:
        group = self._group()
        if group is None:
            return None
        rules = lines(group["IpPermissions"], "from") + lines(group["IpPermissionsEgress"], "to")
        made = {f"all from {group['GroupId']}", "all to 0.0.0.0/0", "all to ::/0"}
        if rules and made.issuperset(rules):
            return None
        return {"name": self.params["name"], "group_id": group["GroupId"], "rules": rules}

    def desired(self) -> dict[str, Any]:
        return {"rules": []}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        group = self._group()
        if group is None:
            self.module.fail_json(msg=f"There is no VPC {self.params['vpc_id']}.")
        ingress, egress = (group[rules] for rules in ("IpPermissions", "IpPermissionsEgress"))
        if ingress:
            self.client.revoke_security_group_ingress(
                GroupId=group["GroupId"], IpPermissions=ingress, aws_retry=True
            )
        if egress:
            self.client.revoke_security_group_egress(
                GroupId=group["GroupId"], IpPermissions=egress, aws_retry=True
            )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        self.create(changes, {})

    def delete(self, current: dict[str, Any]) -> None:
        raise NotImplementedError("it goes with its VPC")

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {"group_id": current["group_id"]} if current else {}

    def _group(self) -> dict[str, Any] | None:
        wanted = {"vpc-id": self.params["vpc_id"], "group-name": "default"}
        found = self.client.describe_security_groups(
            Filters=[{"Name": name, "Values": [value]} for name, value in wanted.items()],
            aws_retry=True,
        )["SecurityGroups"]
        return found[0] if found else None


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "vpc_id": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    module.params["state"] = "present"
    DefaultGroup(module).run()


if __name__ == "__main__":
    main()
