"""The files of the lab's backups: what a restored database begins with, and what is forgotten."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from lab import postgres
from lab.backups import Backups
from lab.emulator.mends.rds_restore import Seed
from lab.emulator.stores import Snapshot
from lab.errors import LabError
from lab.settings import Settings


def snapshot(backup: str, status: str = "available", resource: str = "db-1") -> Snapshot:
    return Snapshot("s", "us-east-1", status, backup, "db", resource, 5432)


@pytest.fixture
def backups(settings: Settings) -> Backups:
    one = Backups(settings)
    one.file("kept").parent.mkdir(parents=True)
    for name in ("kept", "gone"):
        one.file(name).write_text(name)
    return one


def test_a_snapshot_is_restored_as_it_is(backups: Backups, tmp_path: Path) -> None:
    backups.seed(tmp_path, Seed("kept"), None)
    assert (tmp_path / "seed/base.tar").read_text() == "kept"
    assert (tmp_path / "seed/recovery.conf").read_text() == ""


def test_a_time_is_reached_with_the_log_that_was_archived(backups: Backups, tmp_path: Path) -> None:
    archive = backups.archive("db-1") / "wal"
    archive.mkdir()

    def switched(*_: object, **__: object) -> tuple[int, bytes]:
        for name in ("0001", "0002", ".0003"):
            (archive / name).write_text(name)
        return 0, b"0002\n"

    source = SimpleNamespace(exec_run=switched)
    backups.seed(tmp_path, Seed("kept", "db-1", "2026-01-02 03:04:05+00"), (5432, source))
    assert sorted(one.name for one in (tmp_path / "seed/wal").iterdir()) == ["0001", "0002"]
    told = (tmp_path / "seed/recovery.conf").read_text()
    assert "recovery_target_time = '2026-01-02 03:04:05+00'" in told


def test_a_backup_without_data_is_an_error_and_no_empty_database(
    backups: Backups, tmp_path: Path
) -> None:
    with pytest.raises(LabError, match="no data"):
        backups.seed(tmp_path, Seed("unknown"), None)
    assert not (tmp_path / "seed").exists()


def test_what_no_record_stands_for_is_forgotten(backups: Backups) -> None:
    for name in ("db-1", "db-2", "db-3"):
        backups.archive(name)
    database = SimpleNamespace(resource_id="db-2")
    backups.forget([database], [snapshot("kept"), snapshot("new", "creating", "db-3")])
    assert [backups.file(name).exists() for name in ("kept", "gone")] == [True, False]
    left = {one.name for one in backups.archive("db-2").parent.iterdir()}
    assert left == {"db-2", "db-3"}


def test_nobody_reads_a_server_that_has_not_reached_its_time() -> None:
    assert "hot_standby = 'off'" in postgres.recovery("2026-01-02 03:04:05+00")
