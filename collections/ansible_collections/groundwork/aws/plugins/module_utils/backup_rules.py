# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Rules and selections of AWS Backup: as a module is asked for them, and as AWS has them.

Both are compared in one form, a rule or selection as a flat dict. Options that the module was not given are
those that AWS fills in by itself.
"""

from __future__ import annotations

from typing import Any

Plain = dict[str, Any]
TAG = "aws:ResourceTag/"
EQUAL = "StringEquals"


def asked_rule(given: Plain) -> Plain:
    """A rule from the module's options, which a plan hands over without their defaults."""
    return {
        "name": given["name"],
        "vault": given["vault"],
        "schedule": given["schedule"],
        "timezone": given.get("timezone") or "Etc/UTC",
        "start_window": int(given.get("start_window") or 60),
        "completion_window": int(given.get("completion_window") or 480),
        **_kept(given),
        "copies": _copies(
            {"vault_arn": one["vault_arn"], **_kept(one)} for one in given.get("copies") or []
        ),
        "recovery_point_tags": dict(given.get("recovery_point_tags") or {}),
    }


def found_rule(rule: Plain) -> Plain:
    """A rule as AWS tells it."""
    return {
        "name": rule["RuleName"],
        "vault": rule["TargetBackupVaultName"],
        "schedule": rule.get("ScheduleExpression"),
        "timezone": rule.get("ScheduleExpressionTimezone") or "Etc/UTC",
        "start_window": rule.get("StartWindowMinutes"),
        "completion_window": rule.get("CompletionWindowMinutes"),
        **_lifecycle(rule),
        "copies": _copies(
            {"vault_arn": one["DestinationBackupVaultArn"], **_lifecycle(one)}
            for one in rule.get("CopyActions") or []
        ),
        "recovery_point_tags": rule.get("RecoveryPointTags") or {},
        # Not offered, but seen where somebody switched it on: it takes RDS's own backups over.
        **({"continuous": True} if rule.get("EnableContinuousBackup") else {}),
    }


def rule_for_aws(rule: Plain) -> Plain:
    """A rule as AWS takes it."""
    given = {
        "RuleName": rule["name"],
        "TargetBackupVaultName": rule["vault"],
        "ScheduleExpression": rule["schedule"],
        "ScheduleExpressionTimezone": rule["timezone"],
        "StartWindowMinutes": rule["start_window"],
        "CompletionWindowMinutes": rule["completion_window"],
        "Lifecycle": _lifecycle_for_aws(rule),
        "RecoveryPointTags": rule["recovery_point_tags"],
        "CopyActions": [
            _given(
                {
                    "DestinationBackupVaultArn": one["vault_arn"],
                    "Lifecycle": _lifecycle_for_aws(one),
                }
            )
            for one in rule["copies"]
        ],
    }
    return _given(given)


def asked_selection(given: Plain) -> Plain:
    """A selection from the module's options."""
    tags = given.get("with_tags") or {}
    return {
        "name": given["name"],
        "role_arn": given["role_arn"],
        "resources": sorted(given["resources"]),
        "not_resources": sorted(given.get("not_resources") or []),
        "conditions": sorted([EQUAL, TAG + key, str(value)] for key, value in tags.items()),
    }


def found_selection(selection: Plain) -> Plain:
    """A selection as AWS tells it; what chooses by any tag of a list is a condition too."""
    by_kind = selection.get("Conditions") or {}
    conditions = [
        [kind, one["ConditionKey"], one["ConditionValue"]]
        for kind, found in by_kind.items()
        for one in found or []
    ]
    conditions += [
        [f"any {one['ConditionType']}", one["ConditionKey"], one["ConditionValue"]]
        for one in selection.get("ListOfTags") or []
    ]
    return {
        "name": selection["SelectionName"],
        "role_arn": selection["IamRoleArn"],
        "resources": sorted(selection.get("Resources") or []),
        "not_resources": sorted(selection.get("NotResources") or []),
        "conditions": sorted(conditions),
    }


def selection_for_aws(selection: Plain) -> Plain:
    """A selection as AWS takes it."""
    wanted = [
        {"ConditionKey": key, "ConditionValue": value} for _, key, value in selection["conditions"]
    ]
    given = {
        "SelectionName": selection["name"],
        "IamRoleArn": selection["role_arn"],
        "Resources": selection["resources"],
        "NotResources": selection["not_resources"],
        "Conditions": {EQUAL: wanted} if wanted else {},
    }
    return _given(given)


def _copies(found: Any) -> list[Plain]:
    return sorted(found, key=lambda one: str(one["vault_arn"]))


def _kept(given: Plain) -> Plain:
    return {
        name: int(given[name]) if given.get(name) else None
        for name in ("delete_after_days", "cold_storage_after_days")
    }


def _lifecycle(told: Plain) -> Plain:
    """For how long something is kept; AWS tells -1 where that is for ever."""
    days = told.get("Lifecycle") or {}
    found = {
        "delete_after_days": days.get("DeleteAfterDays") or 0,
        "cold_storage_after_days": days.get("MoveToColdStorageAfterDays") or 0,
    }
    return {name: value if value > 0 else None for name, value in found.items()}


def _lifecycle_for_aws(rule: Plain) -> Plain:
    return _given(
        {
            "DeleteAfterDays": rule["delete_after_days"],
            "MoveToColdStorageAfterDays": rule["cold_storage_after_days"],
        }
    )


def _given(values: Plain) -> Plain:
    return {name: value for name, value in values.items() if value not in (None, {}, [])}
