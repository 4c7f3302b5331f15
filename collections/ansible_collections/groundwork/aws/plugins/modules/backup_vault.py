#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a vault of AWS Backup, its lock, and what becomes of its recovery points."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: backup_vault
short_description: Manage a vault of AWS Backup with its lock
description:
  - Keeps a vault, its lock in governance mode and its tags as asked.
  - AWS deletes no vault that holds recovery points. This module leaves such a vault as it is and says so, unless
    O(delete_recovery_points=true).
  - Written because M(amazon.aws.backup_vault) knows no lock, deletes no recovery points, and cannot tell a vault that is not there from
    one that may not be read, since AWS answers both with AccessDenied. This one looks at the list of vaults.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the vault.
    type: str
    required: true
  kms_key_arn:
    description: The KMS key that encrypts what is in the vault. AWS's own, V(aws/backup), where it is not given. Fixed at creation.
    type: str
  min_retention_days:
    description: Days for which nobody may delete a recovery point. A job whose rule keeps it for less fails.
    type: int
  max_retention_days:
    description: Days after which a recovery point must be gone. A job whose rule keeps it for longer fails.
    type: int
  delete_recovery_points:
    description: With O(state=absent), delete the recovery points too, and the lock before them.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait at most until the recovery points are gone.
    type: int
    default: 1800
notes:
  - Without O(min_retention_days) and O(max_retention_days) the vault has no lock. One in compliance mode can be neither made nor
    taken away here.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the vault, whose backups nobody deletes within a week
  groundwork.aws.backup_vault:
    name: shop-prod
    min_retention_days: 7
"""

RETURN = r"""
name:
  description: Name of the vault.
  returned: when it exists
  type: str
arn:
  description: ARN of the vault.
  returned: when it exists
  type: str
recovery_points:
  description: How many recovery points the vault holds.
  returned: when it exists
  type: int
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.backup_resource import (
    BackupResource,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

# What is still being written, or deleted already, cannot be deleted.
BUSY = {"CREATING", "DELETING"}


class Vault(BackupResource):
    """A vault, identified by its name."""

    immutable = ("kms_key_arn",)
    # A vault that is deleted takes its backups with it.
    immutable_advice = "Put the old key back, or give the new vault another name."

    def describe(self) -> dict[str, Any] | None:
        pages = self.client.get_paginator("list_backup_vaults").paginate()
        vaults = (one for page in pages for one in page["BackupVaultList"])
        vault = next((one for one in vaults if one["BackupVaultName"] == self.params["name"]), None)
        if vault is None:
            return None
        arn = vault["BackupVaultArn"]
        lock = {"min": vault.get("MinRetentionDays"), "max": vault.get("MaxRetentionDays")}
        return {
            "name": vault["BackupVaultName"],
            "arn": arn,
            "kms_key_arn": vault.get("EncryptionKeyArn"),
            "retention": lock if vault.get("Locked") else None,
            "recovery_points": vault.get("NumberOfRecoveryPoints", 0),
            "tags": self.tags_of(arn),
        }

    def desired(self) -> dict[str, Any]:
        lock = {"min": self.params["min_retention_days"], "max": self.params["max_retention_days"]}
        properties: dict[str, Any] = {"retention": lock if any(lock.values()) else None}
        if self.params["kms_key_arn"]:
            properties["kms_key_arn"] = self.params["kms_key_arn"]
        return properties

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        given = {
            "BackupVaultTags": tags,
            "EncryptionKeyArn": properties.get("kms_key_arn"),
        }
        self.client.create_backup_vault(
            BackupVaultName=self.params["name"],
            **{name: value for name, value in given.items() if value},
            aws_retry=True,
        )
        if properties["retention"]:
            self._lock(properties["retention"])

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        if changes.get("retention"):
            self._lock(changes["retention"])
        elif "retention" in changes:
            self._unlock()

    def _lock(self, retention: dict[str, int | None]) -> None:
        # Without ChangeableForDays it is governance mode: who has the permission may take it away again.
        names = {"min": "MinRetentionDays", "max": "MaxRetentionDays"}
        self.client.put_backup_vault_lock_configuration(
            BackupVaultName=self.params["name"],
            **{names[key]: days for key, days in retention.items() if days},
            aws_retry=True,
        )

    def _unlock(self) -> None:
        self.client.delete_backup_vault_lock_configuration(
            BackupVaultName=self.params["name"], aws_retry=True
        )

    def _absent(self, current: dict[str, Any] | None) -> None:
        if current and current["recovery_points"] and not self.params["delete_recovery_points"]:
            self._exit(False, {}, {}, current)
        super()._absent(current)

    def delete(self, current: dict[str, Any]) -> None:
        if current["recovery_points"]:
            if current["retention"]:
                self._unlock()
            self._asked: set[str] = set()
            self.wait_until(self._is_empty, f"The end of {self.params['name']}'s recovery points")
        self.client.delete_backup_vault(BackupVaultName=self.params["name"], aws_retry=True)

    def _is_empty(self) -> bool:
        """Have each recovery point deleted once it can be; whether none is left."""
        pages = self.client.get_paginator("list_recovery_points_by_backup_vault")
        points = [
            one
            for page in pages.paginate(BackupVaultName=self.params["name"])
            for one in page["RecoveryPoints"]
        ]
        for one in points:
            arn = one["RecoveryPointArn"]
            if arn not in self._asked and one.get("Status") not in BUSY:
                self._asked.add(arn)
                self._delete_point(arn)
        return not points

    def _delete_point(self, arn: str) -> None:
        try:
            self.client.delete_recovery_point(
                BackupVaultName=self.params["name"], RecoveryPointArn=arn, aws_retry=True
            )
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        names = ("name", "arn", "recovery_points")
        return {name: current[name] for name in names} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "kms_key_arn": {"type": "str", "no_log": False},
            "min_retention_days": {"type": "int"},
            "max_retention_days": {"type": "int"},
            "delete_recovery_points": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 1800},
        },
        supports_check_mode=True,
    )
    Vault(module).run()


if __name__ == "__main__":
    main()
