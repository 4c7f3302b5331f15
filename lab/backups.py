"""What a snapshot of a database holds: a base backup, roles and passwords included, as on RDS.

Beside it each server keeps its write-ahead log, so that a restore reaches any time since its first
backup.
"""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from docker.models.containers import Container

from lab import postgres
from lab.emulator.mends.rds_restore import Seed
from lab.emulator.stores import Database, Snapshot
from lab.errors import LabError
from lab.files import write
from lab.processes import wait
from lab.settings import Settings

PATIENCE = 60.0  # seconds for a segment to be archived


class Backups:
    """The files of backups, by the name that their snapshots know."""

    def __init__(self, settings: Settings) -> None:
        self._backups = settings.home / "backups"
        self._archives = settings.home / "archives"

    def archive(self, resource_id: str) -> Path:
        """Where a server archives, which it sees as `postgres.ARCHIVE`."""
        folder = self._archives / resource_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def take(self, snapshot: Snapshot, port: int, container: Container) -> bool:
        """Take a base backup; say whether the server was there to give it."""
        self._backups.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"base/{snapshot.backup}"
        made = self.archive(snapshot.resource_id) / name
        shutil.rmtree(made, ignore_errors=True)  # of a lab that was killed
        code, output = container.exec_run(
            [f"{postgres.BIN}/pg_basebackup", "-h", "/run/postgresql", "-p", str(port),
             "-U", postgres.ADMIN, "-D", f"{postgres.ARCHIVE}/{name}", "-F", "tar", "-X", "fetch",
             "-c", "fast", "--no-manifest"], user="root",
        )  # fmt: skip
        if code:
            told = output.decode(errors="replace").strip()
            if "connect" in told or "starting up" in told:
                return False
            raise LabError(f"snapshot {snapshot.id}: {told[:300]}")
        shutil.move(made / "base.tar", self.file(snapshot.backup))
        shutil.rmtree(made)
        return True

    def file(self, backup: str) -> Path:
        """Where a base backup lies."""
        return self._backups / f"{backup}.tar"

    def seed(self, folder: Path, one: Seed, source: tuple[int, Container] | None) -> None:
        """Lay what an instance begins with beside its other files.

        `source` is the port and the container of the server whose log is replayed.
        """
        target = folder / "seed"
        if target.exists():
            return
        part = folder / ".seed.part"
        shutil.rmtree(part, ignore_errors=True)
        (part / "wal").mkdir(parents=True, mode=0o700)
        part.chmod(0o700)
        if not self.file(one.backup).exists():
            raise LabError(f"there is no data of backup {one.backup}")
        shutil.copyfile(self.file(one.backup), part / "base.tar")
        if one.source and source:
            self._archive_now(one.source, *source)
            for segment in (self.archive(one.source) / "wal").iterdir():
                if not segment.name.startswith("."):
                    shutil.copyfile(segment, part / "wal" / segment.name)
        write(part / "recovery.conf", postgres.recovery(one.until) if one.until else "", 0o644)
        part.rename(target)

    def _archive_now(self, resource_id: str, port: int, container: Container) -> None:
        """Have the log archived up to now, with a commit after whatever time is asked for."""
        code, output = container.exec_run(
            ["psql", "-qXAt", "-p", str(port), "-h", "/run/postgresql", "-U", postgres.ADMIN,
             "-d", "template1", "-c", "SELECT txid_current()",
             "-c", "SELECT pg_walfile_name(pg_switch_wal())"], user="root",
        )  # fmt: skip
        told = output.decode(errors="replace").strip()
        last = "" if code else told.splitlines()[-1]
        archived = self.archive(resource_id) / "wal" / last
        if code or not wait(archived.exists, PATIENCE):
            raise LabError(f"the log of {resource_id} is not archived: {told[:300]}")

    def forget(self, databases: Iterable[Database], snapshots: Sequence[Snapshot]) -> None:
        """Remove what no record stands for any more."""
        kept = {one.backup for one in snapshots}
        for file in self._backups.glob("*.tar"):
            if file.stem not in kept:
                file.unlink()
        ids = {one.resource_id for one in databases}
        ids |= {one.resource_id for one in snapshots if one.status == "creating"}
        for folder in self._archives.glob("*"):
            if folder.name not in ids:
                shutil.rmtree(folder, ignore_errors=True)
