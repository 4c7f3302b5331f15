#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a plan of AWS Backup: when what is backed up, and for how long it is kept."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: backup_plan
short_description: Manage a plan of AWS Backup with its rules and selections
description:
  - Keeps a plan's rules, its selections (what it backs up) and its tags as asked. A selection that is not listed is removed.
  - Written because M(amazon.aws.backup_plan) announces a change of every plan that has tags, and M(amazon.aws.backup_selection) fails in a
    plan where the backup plan does not exist yet.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the plan, by which it is found. AWS gives it an id besides.
    type: str
    required: true
  rules:
    description: When backups are made, and for how long they are kept.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the rule.
        type: str
        required: true
      vault:
        description: Name of the vault that takes the backups.
        type: str
        required: true
      schedule:
        description: When, as in C(cron(0 6 * * ? *)).
        type: str
        required: true
      timezone:
        description: The time zone of the schedule, by its IANA name.
        type: str
        default: Etc/UTC
      start_window:
        description: Minutes within which a backup begins, or is given up.
        type: int
        default: 60
      completion_window:
        description: Minutes within which a backup ends, or is given up.
        type: int
        default: 480
      delete_after_days:
        description: Days for which a backup is kept. For ever where it is not given.
        type: int
      cold_storage_after_days:
        description: Days after which a backup goes to cold storage, for kinds of resources that know it.
        type: int
      copies:
        description: Vaults, of other regions or accounts, that get a copy of each backup.
        type: list
        elements: dict
        default: []
        suboptions:
          vault_arn:
            description: ARN of the vault.
            type: str
            required: true
          delete_after_days:
            description: Days for which the copy is kept. For ever where it is not given.
            type: int
          cold_storage_after_days:
            description: Days after which the copy goes to cold storage.
            type: int
      recovery_point_tags:
        description: Tags of the backups, besides those of what is backed up.
        type: dict
        default: {}
  selections:
    description: What is backed up.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the selection.
        type: str
        required: true
      role_arn:
        description: The role with which AWS Backup reads and writes.
        type: str
        required: true
      resources:
        description: ARNs, with patterns, of what may be chosen.
        type: list
        elements: str
        required: true
      not_resources:
        description: ARNs of what is not backed up all the same.
        type: list
        elements: str
        default: []
      with_tags:
        description: Tags that a resource must carry, all of them.
        type: dict
        default: {}
notes:
  - AWS cannot change a selection. One that differs is deleted and made anew.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Back up the environment's databases each morning
  groundwork.aws.backup_plan:
    name: shop-prod
    rules:
      - {name: daily, vault: shop-prod, schedule: "cron(0 6 * * ? *)", delete_after_days: 35}
    selections:
      - name: databases
        role_arn: arn:aws:iam::123456789012:role/shop-prod-backup
        resources: ["arn:aws:rds:*:*:db:*"]
        with_tags: {Project: shop, Environment: prod}
"""

RETURN = r"""
name:
  description: Name of the plan.
  returned: when it exists
  type: str
arn:
  description: ARN of the plan.
  returned: when it exists
  type: str
id:
  description: AWS's id of the plan.
  returned: when it exists
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.backup_resource import (
    BackupResource,
)
from ansible_collections.groundwork.aws.plugins.module_utils.backup_rules import (
    asked_rule,
    asked_selection,
    found_rule,
    found_selection,
    rule_for_aws,
    selection_for_aws,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    error_code,
    patiently,
)


def is_unknown_role(error: Exception) -> bool:
    """Whether AWS Backup does not know a role yet, which it does some seconds after it was made."""
    return error_code(error) == "InvalidParameterValueException" and "assume" in str(error)


class Plan(BackupResource):
    """A plan with its selections."""

    def describe(self) -> dict[str, Any] | None:
        pages = self.client.get_paginator("list_backup_plans").paginate()
        plans = (one for page in pages for one in page["BackupPlansList"])
        listed = next((one for one in plans if one["BackupPlanName"] == self.params["name"]), None)
        if listed is None:
            return None
        identity, arn = listed["BackupPlanId"], listed["BackupPlanArn"]
        plan = self.client.get_backup_plan(BackupPlanId=identity, aws_retry=True)["BackupPlan"]
        self._ids, selections = {}, []
        for one in self._selections(identity):
            found = self.client.get_backup_selection(
                BackupPlanId=identity, SelectionId=one["SelectionId"], aws_retry=True
            )
            selections.append(found_selection(found["BackupSelection"]))
            self._ids[one["SelectionName"]] = one["SelectionId"]
        return {
            "name": listed["BackupPlanName"],
            "arn": arn,
            "id": identity,
            "rules": in_order(found_rule(one) for one in plan["Rules"]),
            "selections": in_order(selections),
            "tags": self.tags_of(arn),
        }

    def _selections(self, identity: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("list_backup_selections").paginate(BackupPlanId=identity)
        return [one for page in pages for one in page["BackupSelectionsList"]]

    def desired(self) -> dict[str, Any]:
        return {
            "rules": in_order(asked_rule(one) for one in self.params["rules"]),
            "selections": in_order(asked_selection(one) for one in self.params["selections"]),
        }

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        made = self.client.create_backup_plan(
            BackupPlan=self._document(properties["rules"]), BackupPlanTags=tags, aws_retry=True
        )
        for one in properties["selections"]:
            self._select(made["BackupPlanId"], one)

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        if "rules" in changes:
            self.client.update_backup_plan(
                BackupPlanId=current["id"],
                BackupPlan=self._document(changes["rules"]),
                aws_retry=True,
            )
        if "selections" in changes:
            had = {one["name"]: one for one in current["selections"]}
            wanted = {one["name"]: one for one in changes["selections"]}
            for name in had:
                if had[name] != wanted.get(name):
                    self._unselect(current["id"], name)
            for name in wanted:
                if had.get(name) != wanted[name]:
                    self._select(current["id"], wanted[name])

    def _document(self, rules: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "BackupPlanName": self.params["name"],
            "Rules": [rule_for_aws(one) for one in rules],
        }

    def _select(self, identity: str, selection: dict[str, Any]) -> None:
        patiently(
            lambda: self.client.create_backup_selection(
                BackupPlanId=identity, BackupSelection=selection_for_aws(selection), aws_retry=True
            ),
            is_unknown_role,
        )

    def _unselect(self, identity: str, name: str) -> None:
        self.client.delete_backup_selection(
            BackupPlanId=identity, SelectionId=self._ids[name], aws_retry=True
        )

    def delete(self, current: dict[str, Any]) -> None:
        # AWS deletes no plan that still chooses something.
        for one in current["selections"]:
            self._unselect(current["id"], one["name"])
        self.client.delete_backup_plan(BackupPlanId=current["id"], aws_retry=True)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {name: current[name] for name in ("name", "arn", "id")} if current else {}


def in_order(found: Any) -> list[dict[str, Any]]:
    """Rules or selections by name, since AWS gives them in any order."""
    return sorted(found, key=lambda one: one["name"])


def main() -> None:
    """Run the module."""
    text = {"type": "str", "required": True}
    kept = {"delete_after_days": {"type": "int"}, "cold_storage_after_days": {"type": "int"}}
    copy = {"vault_arn": text, **kept}
    rule = {
        "name": text,
        "vault": text,
        "schedule": text,
        "timezone": {"type": "str", "default": "Etc/UTC"},
        "start_window": {"type": "int", "default": 60},
        "completion_window": {"type": "int", "default": 480},
        **kept,
        "copies": {"type": "list", "elements": "dict", "default": [], "options": copy},
        "recovery_point_tags": {"type": "dict", "default": {}},
    }
    selection = {
        "name": text,
        "role_arn": text,
        "resources": {"type": "list", "elements": "str", "required": True},
        "not_resources": {"type": "list", "elements": "str", "default": []},
        "with_tags": {"type": "dict", "default": {}},
    }
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": text,
            "rules": {"type": "list", "elements": "dict", "default": [], "options": rule},
            "selections": {"type": "list", "elements": "dict", "default": [], "options": selection},
        },
        supports_check_mode=True,
    )
    Plan(module).run()


if __name__ == "__main__":
    main()
