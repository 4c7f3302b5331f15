"""RDS instances: each PostgreSQL record is a PostgreSQL 15 with TLS under the record's name."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from docker.models.containers import Container

from lab import postgres
from lab.backups import Backups
from lab.containers import Seen, Spec
from lab.controllers.base import Controller
from lab.emulator import followed, stores
from lab.emulator.stores import Database, Snapshot
from lab.errors import LabError
from lab.files import write

NOUN = "database"
NO_CONNECTION = 2  # psql's exit status


class Databases(Controller):
    """Runs a container per instance; its data is a volume that goes with the record.

    A snapshot is a base backup of its server, and a restored instance begins with one.
    """

    name = "databases"

    def start(self) -> None:
        """Take over the status of the records."""
        self._backups = Backups(self.lab.settings)
        self._seen: dict[str, tuple[Database, str]] = {}
        followed.follow("database")

    def reconcile(self) -> None:
        """Run what has a record, remove what has none."""
        # In this order: a last snapshot is there before its instance's record has gone.
        records = {one.id: one for one in stores.databases()}
        present = self.lab.containers.find(NOUN)
        for snapshot in stores.snapshots():
            if snapshot.status == "creating":
                self._back_up(snapshot, records, present)
        snapshots = stores.snapshots()
        awaited = {one.database for one in snapshots if one.status == "creating"}
        for identity in present.keys() - records.keys() - awaited:
            self.log.info("remove %s and its data", identity)
            self.lab.containers.remove(NOUN, identity)
            shutil.rmtree(self._folder(identity) / "seed", ignore_errors=True)
            self._seen.pop(identity, None)
        for one in records.values():
            running = one.id in present and present[one.id].state == "running"
            if one.status in ("stopped", "stopping"):
                if running:
                    self.lab.docker.containers.get(present[one.id].id).stop()
                self._seen.pop(one.id, None)
            elif self._seen.get(one.id) != (one, present[one.id].id if running else ""):
                self._follow(one, records)
        self._backups.forget(records.values(), snapshots)

    def _back_up(
        self, snapshot: Snapshot, records: Mapping[str, Database], present: Mapping[str, Seen]
    ) -> None:
        """Take a snapshot's data, once its server is there."""
        one, container = records.get(snapshot.database), None
        same = one and one.resource_id == snapshot.resource_id
        if same and one.status in ("creating", "stopped", "stopping"):
            return
        if snapshot.database in present:  # also where the record has gone: its last snapshot
            container = self.lab.containers.get(NOUN, snapshot.database)
        if container is None or not _has_volume(container, snapshot.resource_id):
            self.log.warning("snapshot %s: its database has gone", snapshot.id)
            stores.set_snapshot_status(snapshot.region, snapshot.id, "failed")
        elif self._backups.take(snapshot, snapshot.port, container):
            self.log.info("snapshot %s of %s", snapshot.id, snapshot.database)
            stores.set_snapshot_status(snapshot.region, snapshot.id, "available")

    def _seed(self, one: Database, records: Mapping[str, Database]) -> None:
        """Have a restored instance begin with its backup."""
        if one.seed is None:
            return
        sources = [each for each in records.values() if each.resource_id == one.seed.source]
        container = self.lab.containers.get(NOUN, sources[0].id) if sources else None
        source = (sources[0].port, container) if container else None
        self._backups.seed(self._folder(one.id), one.seed, source)

    def _follow(self, one: Database, records: Mapping[str, Database]) -> None:
        """Bring one server in step; done when it has answered with the record's user there."""
        if one.status == "creating":
            self._seed(one, records)
        spec = self._spec(one)
        new = self.lab.containers.ensure(spec)
        if new:
            self.log.info("database %s at %s as %s", one.id, spec.address, one.address)
        container = self.lab.containers.get(NOUN, one.id)
        if container is None:
            return
        # The image has no other way to hand a secret to psql than a file: argv is seen by all.
        code, output = container.exec_run(
            ["psql", "-qX", "-p", str(one.port), "-h", "/run/postgresql", "-U", postgres.ADMIN,
             "-d", "template1", "-f", f"{postgres.FOLDER}/statements.sql"], user="root",
        )  # fmt: skip
        if code == NO_CONNECTION:
            return
        if code:
            told = output.decode(errors="replace").strip()[:300]
            raise LabError(f"database {one.id}: {told.replace(one.password or '\n', '***')}")
        shutil.rmtree(self._folder(one.id) / "seed", ignore_errors=True)
        stores.set_database_status(one.region, one.id, "available")
        self._seen[one.id] = (replace(one, status="available"), container.id)

    def _spec(self, one: Database) -> Spec:
        containers, settings = self.lab.containers, self.lab.settings
        address = containers.address_for(NOUN, one.id, settings.database_pool)
        folder = self._folder(one.id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        issued = self.lab.database_pki.issue(f"{NOUN}-{one.id}", [one.address], [address])
        write(folder / "start", postgres.START, 0o755)
        write(folder / "postgresql.conf", postgres.configuration(one), 0o644)
        write(folder / "pg_hba.conf", postgres.access(one), 0o644)
        write(folder / "pg_ident.conf", postgres.IDENT, 0o644)
        write(folder / "statements.sql", postgres.statements(one), 0o600)
        write(folder / "server.crt", issued.crt.read_text(encoding="ascii"), 0o644)
        write(folder / "server.key", issued.key.read_text(encoding="ascii"), 0o600)
        certificate = hashlib.sha256(issued.crt.read_bytes()).hexdigest()[:16]
        return Spec(
            noun=NOUN,
            record=one.id,
            image=settings.services_image,
            address=address,
            command=("sh", f"{postgres.FOLDER}/start"),
            names=(one.address,),
            # A reboot and a new certificate need a new server; other changes are read by it.
            environment={"LAB_REBOOTS": str(one.reboots), "LAB_CERTIFICATE": certificate},
            binds={str(folder): postgres.FOLDER},
            volumes={volume(one.resource_id): "/var/lib/postgresql/data"},
            written={str(self._backups.archive(one.resource_id)): postgres.ARCHIVE},
        )

    def _folder(self, identity: str) -> Path:
        return self.lab.settings.home / NOUN / identity

    def stop(self) -> None:
        """Leave the records to the emulator alone."""
        followed.unfollow("database")


def volume(resource_id: str) -> str:
    """The name of the volume that holds an instance's data."""
    return f"groundwork-lab-database-{resource_id}"


def _has_volume(container: Container, resource_id: str) -> bool:
    return volume(resource_id) in (mount.get("Name") for mount in container.attrs["Mounts"])
