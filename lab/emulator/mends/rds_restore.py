"""A snapshot knows the data it stands for, and an instance that is restored knows what it holds.

API reference: CreateDBSnapshot answers while the snapshot is `creating`;
RestoreDBInstanceFromDBSnapshot refuses one that is not available (InvalidDBSnapshotState), and
RestoreDBInstanceToPointInTime an instance without automated backups
(PointInTimeRestoreNotEnabled), and a time that no backup reaches. moto 5.2 has records only: a
snapshot is available at once, and any time will do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend

from lab.emulator import followed
from lab.emulator.mends import mend


@dataclass(frozen=True, slots=True)
class Seed:
    """What a restored instance begins with: a backup, and what `source` did `until` a time."""

    backup: str
    source: str = ""
    until: str = ""


def seed(database: DBInstance) -> Seed | None:
    """What an instance was restored from; None for one that began empty."""
    return getattr(database, "seed", None)


@mend(DBSnapshot, "__init__")
def _snapshot(original: Any, self: DBSnapshot, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.backup = str(mock_random.uuid4())
    if self.engine == "postgres":
        self.status = followed.first_status("database")


@mend(DBInstance, "__init__")
def _instance(original: Any, self: DBInstance, *args: Any, **kwargs: Any) -> None:
    # Before the record can be seen: an instance without a seed is an empty one.
    self.seed = kwargs.pop("seed", None)
    original(self, *args, **kwargs)


@mend(RDSBackend, "copy_db_snapshot")
def _copy(original: Any, self: RDSBackend, *args: Any, **kwargs: Any) -> DBSnapshot:
    source = kwargs.get("source_db_snapshot_identifier") or args[0]
    before = self.get_db_snapshot(source)
    copied = original(self, *args, **kwargs)
    copied.backup, copied.status = before.backup, before.status
    return copied


@mend(RDSBackend, "restore_db_instance_from_db_snapshot")
def _from_snapshot(
    original: Any, self: RDSBackend, from_snapshot_id: str, overrides: dict[str, Any]
) -> DBInstance:
    snapshot = self.get_db_snapshot(from_snapshot_id)
    if snapshot.status != "available":
        raise RDSClientError(
            "InvalidDBSnapshotState",
            f"Cannot restore from the snapshot {from_snapshot_id}: it is {snapshot.status}.",
        )
    overrides["seed"] = Seed(snapshot.backup)
    return original(self, from_snapshot_id, overrides)


@mend(RDSBackend, "restore_db_instance_to_point_in_time")
def _to_time(
    original: Any,
    self: RDSBackend,
    source_db_identifier: str,
    target_db_identifier: str,
    overrides: dict[str, Any],
) -> DBInstance:
    database = self.describe_db_instances(db_instance_identifier=source_db_identifier)[0]
    if not database.backup_retention_period:
        raise RDSClientError(
            "PointInTimeRestoreNotEnabled",
            f"{source_db_identifier} keeps no automated backups: its retention period is 0.",
        )
    now = utcnow().replace(tzinfo=UTC)
    wanted = overrides.get("restore_time")
    time = _moment(wanted) if wanted else now
    bases = [
        one
        for one in self.database_snapshots.values()
        if one.dbi_resource_id == database.dbi_resource_id
        and one.status == "available"
        and taken(one) <= time
    ]
    if not bases or time > now:
        raise RDSClientError(
            "InvalidParameterValue",
            f"The instance {source_db_identifier} cannot be restored to {time:%Y-%m-%dT%H:%M:%SZ}: "
            "that is outside of what its backups reach.",
        )
    base = max(bases, key=taken)
    overrides["seed"] = Seed(base.backup, database.dbi_resource_id, f"{time:%F %T.%f}+00")
    return original(self, source_db_identifier, target_db_identifier, overrides)


def taken(snapshot: DBSnapshot) -> datetime:
    """Since when a snapshot holds its data, which in the lab takes a moment."""
    return _moment(getattr(snapshot, "taken", snapshot.created))


def _moment(value: datetime | str) -> datetime:
    """A time as moto keeps it or a caller gives it, with its zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=value.tzinfo or UTC)
