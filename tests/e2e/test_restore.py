"""The database is backed up, drilled, lost and brought back, with its rows."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import release_of, wait_for
from tests.e2e.runs import play, refused
from tests.e2e.watcher import watching
from tests.lab.live.services import inside

pytestmark = pytest.mark.lab
FIRST = "milky-way-admin-panel-qa-database"
DRILL = f"{FIRST}-drill"
NAME = "e2e-before-the-loss"
BACKUP = f"milky-way-admin-panel-qa-backup-{NAME}"


@pytest.fixture(scope="module")
def backup(site, environment, fetch, aws):
    """A snapshot with a row of ours in it; afterwards the first instance is the database again."""
    fetch("/api/items", json.dumps({"name": "kept by the backup"}).encode())
    yield play(environment, "playbooks/backup.yml", "-e", f"backup_name={NAME}")
    in_database("ALTER TABLE IF EXISTS lost RENAME TO items")
    if used(aws) != FIRST:
        play(environment, "playbooks/repoint.yml", "-e", f"database_instance={FIRST}")
    rds = aws("rds")
    for one in instances(aws) - {FIRST}:
        rds.delete_db_instance(DBInstanceIdentifier=one, SkipFinalSnapshot=True)
    rds.delete_db_snapshot(DBSnapshotIdentifier=BACKUP)


def instances(aws) -> set[str]:
    return {
        one["DBInstanceIdentifier"] for one in aws("rds").describe_db_instances()["DBInstances"]
    }


def kept(aws, prefix: str) -> list[dict]:
    """What the state bucket holds under a prefix, the newest last."""
    s3, bucket = aws("s3"), "milky-way-admin-panel-qa-state-123456789012"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    keys = sorted(one["Key"] for one in listed)
    return [json.load(s3.get_object(Bucket=bucket, Key=key)["Body"]) for key in keys]


def used(aws) -> str:
    return kept(aws, "outputs/database.json")[0]["name"]


def names(fetch) -> list[str]:
    status, body = fetch("/api/items")
    assert status == 200, body
    return [one["name"] for one in json.loads(body)["items"]]


def in_database(sql: str) -> None:
    """Do something to the first instance, past AWS and the application."""
    code, told = inside("database", FIRST, "psql", "-qX", "-h", "/run/postgresql", "-U", "rdsadmin",
                        "-d", "app", "-c", sql)  # fmt: skip
    assert code == 0, told


def test_a_drill_restores_real_rows_and_leaves_nothing(backup, environment, fetch, aws):
    release, before = release_of(fetch), instances(aws)
    with watching(fetch, "/api/items") as watchers:
        told = play(environment, "playbooks/restore_drill.yml")
    record = kept(aws, "drills/")[-1]
    assert (record["verdict"], record["release"]) == ("ok", release)
    (items,) = [one for one in record["checks"] if one["name"] == "items"]
    assert items["value"] == json.loads(fetch("/api/items")[1])["total"] >= 1
    assert 0 < record["recovery_time"] < 600 and 0 <= record["recovery_point"] < 600
    assert "ok  items" in told
    assert instances(aws) == before
    assert watchers[0].failures == []


def test_a_drill_whose_check_fails_says_so_and_leaves_nothing(backup, environment, aws):
    checks = {"restore_drill_checks": [
        {"name": "many", "query": "SELECT count(*) FROM items", "min": 1000000},
        {"name": "no table", "query": "SELECT count(*) FROM nothing"},
    ]}  # fmt: skip
    told = refused(environment, "playbooks/restore_drill.yml", "-e", json.dumps(checks))
    assert "checks that did not pass: many, no table" in " ".join(told.split())
    assert kept(aws, "drills/")[-1]["verdict"] == "failed"
    assert DRILL not in instances(aws)


@pytest.mark.long
def test_a_lost_table_comes_back_and_the_way_back_is_open(backup, environment, fetch, aws):
    assert "kept by the backup" in names(fetch)
    in_database("ALTER TABLE items RENAME TO lost")
    wait_for(lambda: fetch("/api/items")[0] >= 500, "the loss shows")
    play(environment, "playbooks/restore.yml", "-e", f"snapshot={BACKUP}")
    (new,) = instances(aws) - {FIRST}
    assert fetch("/api/items")[0] >= 500  # nobody uses it yet
    told = play(environment, "playbooks/repoint.yml", "-e", f"database_instance={new}")
    assert f"database_instance: {new}" in told and "will not see" in told
    assert "kept by the backup" in names(fetch)
    assert used(aws) == new
    # What the inventory says is not what is used: a run stops, until it is told.
    stopped = refused(environment, "playbooks/provision.yml", "--limit", "database")
    assert f"database_instance: {new}" in stopped
    agreed = play(environment, "playbooks/provision.yml", "--limit", "database", "--check",
                  "-e", f"database_instance={new}")  # fmt: skip
    assert "Nothing to change." in agreed or "0 to create, 0 to update" in agreed
    # And back, while both can serve: without a failed request.
    in_database("ALTER TABLE lost RENAME TO items")
    with watching(fetch, "/api/release", "/api/items") as watchers:
        play(environment, "playbooks/repoint.yml", "-e", f"database_instance={FIRST}")
    assert used(aws) == FIRST
    assert [one.failures for one in watchers] == [[], []]
    assert watchers[1].answered > 10
