"""CreateBackupPlan takes the name of a plan that was deleted.

moto 5.2 keeps a deleted plan, as AWS does for its versions, and refuses its name for ever. On AWS
an environment that was destroyed can be made again.
"""

from typing import Any

from moto.backup.models import BackupBackend, Plan

from lab.emulator.mends import mend


@mend(BackupBackend, "create_backup_plan")
def _create(original: Any, self: BackupBackend, backup_plan: dict[str, Any], **more: Any) -> Plan:
    kept = self.plans
    self.plans = {name: one for name, one in kept.items() if one.deletion_date is None}
    try:
        made = original(self, backup_plan=backup_plan, **more)
    finally:
        self.plans = {**kept, **self.plans}
    return made
