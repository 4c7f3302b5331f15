"""Snapshots and restores of RDS: what is refused, and what a restored instance begins with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.emulator import followed, stores


@pytest.fixture
def rds(aws: Any) -> Any:
    client = aws("rds")
    client.create_db_instance(
        DBInstanceIdentifier="db", Engine="postgres", DBInstanceClass="db.t3.micro",
        AllocatedStorage=20, MasterUsername="app", MasterUserPassword="a-password-of-the-test",
    )  # fmt: skip
    return client


@pytest.fixture
def follow() -> Iterator[None]:
    followed.follow("database")
    yield
    followed.unfollow("database")


def seed(identity: str) -> Any:
    return next(one.seed for one in stores.databases() if one.id == identity)


def backup(identity: str) -> str:
    return next(one.backup for one in stores.snapshots() if one.id == identity)


def code(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**given)
    return caught.value.response["Error"]["Code"]


def to_time(rds: Any, **more: Any) -> Any:
    return rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="db", TargetDBInstanceIdentifier="new", **more
    )


def test_a_snapshot_is_no_backup_before_its_data_is_taken(rds: Any, follow: None) -> None:
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="one")
    restore = {"DBInstanceIdentifier": "new", "DBSnapshotIdentifier": "one"}
    refused = code(rds.restore_db_instance_from_db_snapshot, **restore)
    assert refused == "InvalidDBSnapshotState"
    stores.set_snapshot_status("us-east-1", "one", "available")
    rds.restore_db_instance_from_db_snapshot(**restore)
    assert (seed("new").backup, seed("new").source) == (backup("one"), "")


def test_alone_the_emulator_has_it_at_once(rds: Any) -> None:
    made = rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="one")
    assert made["DBSnapshot"]["Status"] == "available"


def test_a_copy_holds_the_same_data(rds: Any) -> None:
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="one")
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier="one", TargetDBSnapshotIdentifier="two")
    assert backup("one") == backup("two")


def test_a_restore_to_a_time_begins_with_the_last_backup_before_it(rds: Any) -> None:
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="before")
    time = datetime.now(UTC)
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="after")
    to_time(rds, RestoreTime=time)
    source = next(one for one in stores.databases() if one.id == "db")
    assert seed("new").backup == backup("before")
    assert seed("new").source == source.resource_id
    assert seed("new").until.startswith(f"{time:%F %T}")


def test_a_time_that_no_backup_reaches_is_refused(rds: Any) -> None:
    for days in (-1, 1):
        time = datetime.now(UTC) + timedelta(days=days)
        assert code(to_time, rds=rds, RestoreTime=time) == "InvalidParameterValue"


def test_without_automated_backups_there_is_no_restore_to_a_time(rds: Any) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", BackupRetentionPeriod=0)
    asked = {"rds": rds, "UseLatestRestorableTime": True}
    assert code(to_time, **asked) == "PointInTimeRestoreNotEnabled"
