"""Snapshots of the running lab hold rows: restored from one, to a time, and of a deleted one."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.lab.live.services import client, containers, inside, quietly
from tests.waiting import until

pytestmark = pytest.mark.lab

NAME = "lab-backup-test"
PASSWORD = "a-password-of-the-test"
RESTORED = tuple(f"{NAME}-{how}" for how in ("snapshot", "time", "final"))


def ask(name: str, sql: str, password: str = PASSWORD) -> tuple[int, str]:
    address = str(containers().find("database")[name].address)
    target = f"host={address} user=app dbname=shop sslmode=require connect_timeout=30"
    return inside("database", name, "psql", target, "-Atc", sql, PGPASSWORD=password)


def available(name: str) -> None:
    client("rds").get_waiter("db_instance_available").wait(
        DBInstanceIdentifier=name, WaiterConfig={"Delay": 1, "MaxAttempts": 90}
    )


def taken(name: str) -> None:
    client("rds").get_waiter("db_snapshot_available").wait(
        DBSnapshotIdentifier=name, WaiterConfig={"Delay": 1, "MaxAttempts": 90}
    )


@pytest.fixture(scope="module")
def rds() -> Iterator[Any]:
    one = client("rds")
    one.create_db_instance(
        DBInstanceIdentifier=NAME, Engine="postgres", EngineVersion="15", DBName="shop",
        DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="app",
        MasterUserPassword=PASSWORD, BackupRetentionPeriod=1,
    )  # fmt: skip
    try:
        available(NAME)
        yield one
    finally:
        for name in (NAME, *RESTORED):
            quietly(one.delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True)
        for name in (NAME, f"{NAME}-last"):
            quietly(one.delete_db_snapshot, DBSnapshotIdentifier=name)
        until(lambda: not any(one.startswith(NAME) for one in containers().find("database")))


def test_rows_come_back_from_a_snapshot_a_time_and_a_last_snapshot(rds: Any) -> None:
    # The first automated backup, which a restore to a time begins with.
    automated = rds.describe_db_snapshots(DBInstanceIdentifier=NAME)["DBSnapshots"]
    taken(automated[0]["DBSnapshotIdentifier"])
    assert ask(NAME, "create table t as select 1 as i")[0] == 0
    rds.create_db_snapshot(DBInstanceIdentifier=NAME, DBSnapshotIdentifier=NAME)
    taken(NAME)
    assert ask(NAME, "insert into t values (2)")[0] == 0
    time.sleep(1.1)  # RestoreTime has whole seconds
    moment = datetime.now(UTC)
    time.sleep(1.1)
    assert ask(NAME, "drop table t")[0] == 0

    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=RESTORED[0], DBSnapshotIdentifier=NAME
    )
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier=NAME, TargetDBInstanceIdentifier=RESTORED[1], RestoreTime=moment
    )
    available(RESTORED[0])
    available(RESTORED[1])
    assert ask(RESTORED[0], "select i from t") == (0, "1\n")
    assert ask(RESTORED[1], "select i from t order by i") == (0, "1\n2\n")
    assert ask(RESTORED[1], "insert into t values (3)")[0] == 0

    # The master's password is the record's, as soon as it is another one.
    other = "another-password-of-the-test"
    rds.modify_db_instance(
        DBInstanceIdentifier=RESTORED[1], MasterUserPassword=other, ApplyImmediately=True
    )
    until(lambda: ask(RESTORED[1], "select 1", other) == (0, "1\n"))

    rds.delete_db_instance(
        DBInstanceIdentifier=RESTORED[1], FinalDBSnapshotIdentifier=f"{NAME}-last"
    )
    taken(f"{NAME}-last")
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=RESTORED[2], DBSnapshotIdentifier=f"{NAME}-last"
    )
    available(RESTORED[2])
    assert ask(RESTORED[2], "select count(*) from t", other) == (0, "3\n")
