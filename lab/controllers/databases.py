"""RDS instances: each PostgreSQL record is a PostgreSQL 15 with TLS under the record's name."""

import hashlib
from dataclasses import replace

from lab import postgres
from lab.containers import Spec
from lab.controllers.base import Controller
from lab.emulator import followed, stores
from lab.emulator.stores import Database
from lab.errors import LabError
from lab.files import write

NOUN = "database"
NO_CONNECTION = 2  # psql's exit status


class Databases(Controller):
    """Runs a container per instance; its data is a volume that goes with the record."""

    name = "databases"

    def start(self) -> None:
        """Take over the status of the records."""
        self._seen: dict[str, tuple[Database, str]] = {}
        followed.follow("database")

    def reconcile(self) -> None:
        """Run what has a record, remove what has none."""
        records = {one.id: one for one in stores.databases()}
        present = self.lab.containers.find(NOUN)
        for identity in present.keys() - records.keys():
            self.log.info("remove %s and its data", identity)
            self.lab.containers.remove(NOUN, identity)
            self._seen.pop(identity, None)
        for one in records.values():
            running = one.id in present and present[one.id].state == "running"
            if one.status in ("stopped", "stopping"):
                if running:
                    self.lab.docker.containers.get(present[one.id].id).stop()
                self._seen.pop(one.id, None)
            elif self._seen.get(one.id) != (one, present[one.id].id if running else ""):
                self._follow(one)

    def _follow(self, one: Database) -> None:
        """Bring one server in step; done when it has answered with the record's user there."""
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
        stores.set_database_status(one.region, one.id, "available")
        self._seen[one.id] = (replace(one, status="available"), container.id)

    def _spec(self, one: Database) -> Spec:
        containers, settings = self.lab.containers, self.lab.settings
        address = containers.address_for(NOUN, one.id, settings.database_pool)
        folder = settings.home / NOUN / one.id
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
            volumes={f"groundwork-lab-database-{one.resource_id}": "/var/lib/postgresql/data"},
        )

    def stop(self) -> None:
        """Leave the records to the emulator alone."""
        followed.unfollow("database")
