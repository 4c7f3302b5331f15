"""A backup job makes a recovery point, which keeps its vault from being deleted.

API reference, StartBackupJob, DescribeBackupJob, ListRecoveryPointsByBackupVault,
DeleteRecoveryPoint; DeleteBackupVault: «a vault can be deleted only if it is empty». Of an RDS
instance the point is a snapshot of RDS, `awsbackup:job-ID`, of the type `awsbackup`, with the
instance's tags and those of the job, and RDS restores it like any other. moto 5.2 has none of it. A
job is done at once here, and nobody runs a plan's rules.
"""

import json
from typing import Any
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.exceptions import (
    InvalidParameterValueException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.backup.models import BackupBackend, Vault
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random
from moto.rds.models import DBInstance, RDSBackend, rds_backends

from lab.emulator.mends import add, mend

for _path in (
    "/backup-jobs$",
    "/backup-jobs/(?P<job>[^/]+)$",
    "/backup-vaults/(?P<name>[^/]+)/recovery-points/$",
    "/backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<point>.+)$",
):
    urls.url_paths["{0}" + _path] = urls.response.dispatch


def _points(vault: Vault) -> dict[str, dict[str, Any]]:
    """A vault's recovery points by ARN."""
    return vault.__dict__.setdefault("recovery_points", {})


def _vault(self: BackupResponse) -> Vault:
    name = self.path.split("/backup-vaults/")[1].split("/")[0]
    return self.backup_backend.describe_backup_vault(name)


@add(BackupResponse)
def start_backup_job(self: BackupResponse) -> str:
    """StartBackupJob, of an RDS instance."""
    asked, backend = json.loads(self.body), self.backup_backend
    vault = backend.describe_backup_vault(asked["BackupVaultName"])
    resource = asked["ResourceArn"]
    if ":rds:" not in resource or ":db:" not in resource:
        raise InvalidParameterValueException(f"The emulator backs up no {resource}")
    rds = rds_backends[self.current_account][self.region]
    database = rds.describe_db_instances(db_instance_identifier=resource.rpartition(":")[2])[0]
    given = {one["Key"]: one["Value"] for one in database.tags} | asked.get("RecoveryPointTags", {})
    job = str(mock_random.uuid4())
    snapshot = rds.create_db_snapshot(
        database.db_instance_identifier,
        f"awsbackup:job-{job}",
        snapshot_type="awsbackup",
        tags=[{"Key": key, "Value": value} for key, value in given.items()],
    )
    point = {
        "RecoveryPointArn": snapshot.db_snapshot_arn,
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "ResourceArn": resource,
        "ResourceType": "RDS",
        "IamRoleArn": asked["IamRoleArn"],
        "CreationDate": unix_time(),
    }
    _points(vault)[snapshot.db_snapshot_arn] = {**point, "Status": "COMPLETED"}
    vault.num_of_recovery_points = len(_points(vault))
    jobs = backend.__dict__.setdefault("jobs", {})
    jobs[job] = {**point, "BackupJobId": job, "State": "COMPLETED", "PercentDone": "100.0"}
    told = ("BackupJobId", "RecoveryPointArn", "CreationDate")
    return json.dumps({name: jobs[job][name] for name in told})


@add(BackupResponse)
def describe_backup_job(self: BackupResponse) -> str:
    """DescribeBackupJob."""
    job = self.path.rpartition("/")[2]
    jobs = self.backup_backend.__dict__.get("jobs", {})
    if job not in jobs:
        raise ResourceNotFoundException(f"Job {job} not found")
    return json.dumps(jobs[job])


@add(BackupResponse)
def list_recovery_points_by_backup_vault(self: BackupResponse) -> str:
    """ListRecoveryPointsByBackupVault."""
    return json.dumps({"RecoveryPoints": list(_points(_vault(self)).values())})


@add(BackupResponse)
def delete_recovery_point(self: BackupResponse) -> str:
    """DeleteRecoveryPoint."""
    vault, arn = _vault(self), unquote(self.path.split("/recovery-points/")[1])
    point = _points(vault).get(arn)
    if point is None:
        raise ResourceNotFoundException(f"Cannot find recovery point {arn}")
    if vault.min_retention_days:
        raise InvalidRequestException(
            "Recovery point cannot be deleted because of the vault's lock configuration"
        )
    del _points(vault)[arn]
    vault.num_of_recovery_points = len(_points(vault))
    name = arn.split(":snapshot:")[1]
    rds_backends[self.current_account][self.region].database_snapshots.pop(name, None)
    return "{}"


@mend(BackupBackend, "delete_backup_vault")
def _delete(original: Any, self: BackupBackend, backup_vault_name: str) -> None:
    if _points(self.describe_backup_vault(backup_vault_name)):
        raise InvalidRequestException(
            f"{backup_vault_name} cannot be deleted because it contains recovery points"
        )
    original(self, backup_vault_name)


@mend(RDSBackend, "restore_db_instance_from_db_snapshot")
def _restore(
    original: Any, self: RDSBackend, from_snapshot_id: str, overrides: dict[str, Any]
) -> DBInstance:
    # moto looks for it without a type, and so among the others only.
    snapshot = self.database_snapshots.get(from_snapshot_id.split(":snapshot:")[-1])
    kind = snapshot.snapshot_type if snapshot else ""
    if kind != "awsbackup":
        return original(self, from_snapshot_id, overrides)
    snapshot.snapshot_type = "manual"
    try:
        return original(self, from_snapshot_id, overrides)
    finally:
        snapshot.snapshot_type = kind
