"""What a backup plan chooses is kept, listed and deleted, and keeps its plan from being deleted.

API reference, CreateBackupSelection, GetBackupSelection, ListBackupSelections,
DeleteBackupSelection; DeleteBackupPlan: «a backup plan can only be deleted after all associated
selections of resources have been deleted». moto 5.2 has no selections. AWS tells all four kinds of
conditions, empty ones too.
"""

import json
from typing import Any

from moto.backup.exceptions import (
    AlreadyExistsException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from lab.emulator.mends import add, mend

KINDS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
LISTED = ("SelectionId", "BackupPlanId", "CreationDate")


def _of_plan(self: BackupResponse) -> tuple[str, dict[str, dict[str, Any]]]:
    """The plan that the path names, and its selections by id."""
    identity = self.path.split("/plans/")[1].split("/")[0]
    self.backup_backend.get_backup_plan(backup_plan_id=identity, version_id=None)
    kept = self.backup_backend.__dict__.setdefault("selections", {})
    return identity, kept.setdefault(identity, {})


def _one(self: BackupResponse) -> tuple[dict[str, dict[str, Any]], str]:
    _, kept = _of_plan(self)
    identity = self.path.rstrip("/").split("/")[-1]
    if identity not in kept:
        raise ResourceNotFoundException(f"Cannot find Backup selection with ID {identity}")
    return kept, identity


@add(BackupResponse)
def create_backup_selection(self: BackupResponse) -> str:
    """CreateBackupSelection."""
    plan, kept = _of_plan(self)
    selection = json.loads(self.body)["BackupSelection"]
    names = [one["BackupSelection"]["SelectionName"] for one in kept.values()]
    if selection["SelectionName"] in names:
        raise AlreadyExistsException("Backup selection with the same name already exists")
    conditions = selection.get("Conditions") or {}
    selection["Conditions"] = {kind: conditions.get(kind, []) for kind in KINDS}
    for name in ("Resources", "NotResources", "ListOfTags"):
        selection.setdefault(name, [])
    identity = str(mock_random.uuid4())
    kept[identity] = {
        "SelectionId": identity,
        "BackupPlanId": plan,
        "CreationDate": unix_time(),
        "BackupSelection": selection,
    }
    return json.dumps({name: kept[identity][name] for name in LISTED})


@add(BackupResponse)
def get_backup_selection(self: BackupResponse) -> str:
    """GetBackupSelection."""
    kept, identity = _one(self)
    return json.dumps(kept[identity])


@add(BackupResponse)
def list_backup_selections(self: BackupResponse) -> str:
    """ListBackupSelections."""
    found = [
        {
            **{name: one[name] for name in LISTED},
            "SelectionName": one["BackupSelection"]["SelectionName"],
            "IamRoleArn": one["BackupSelection"]["IamRoleArn"],
        }
        for one in _of_plan(self)[1].values()
    ]
    return json.dumps({"BackupSelectionsList": found})


@add(BackupResponse)
def delete_backup_selection(self: BackupResponse) -> str:
    """DeleteBackupSelection."""
    kept, identity = _one(self)
    del kept[identity]
    return "{}"


@mend(BackupBackend, "delete_backup_plan")
def _delete(original: Any, self: BackupBackend, backup_plan_id: str) -> Any:
    if self.__dict__.get("selections", {}).get(backup_plan_id):
        raise InvalidRequestException(
            "Related backup plan selections must be deleted prior to backup plan deletion"
        )
    return original(self, backup_plan_id)
