"""UpdateBackupPlan replaces a plan's document.

API reference, UpdateBackupPlan: the plan keeps its id and gets a new version. moto 5.2
lacks the call.
"""

import json

from moto.backup.models import Plan
from moto.backup.responses import BackupResponse

from lab.emulator.mends import add


@add(BackupResponse)
def update_backup_plan(self: BackupResponse) -> str:
    """UpdateBackupPlan."""
    identity = self.path.rstrip("/").split("/")[-1]
    plan = self.backup_backend.get_backup_plan(backup_plan_id=identity, version_id=None)
    document = json.loads(self.body)["BackupPlan"]
    new = Plan(document, plan.creator_request_id, self.backup_backend)
    plan.backup_plan, plan.version_id = new.backup_plan, new.version_id
    plan.advanced_backup_settings = new.advanced_backup_settings
    return json.dumps(plan.to_dict())
