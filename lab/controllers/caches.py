"""ElastiCache replication groups: each is a Redis with TLS and AUTH under the record's names."""

import hashlib
import socket
import ssl
from dataclasses import replace

from lab import redis
from lab.containers import Spec
from lab.controllers.base import Controller
from lab.emulator import followed, stores
from lab.emulator.stores import Cache
from lab.files import write

NOUN = "cache"


class Caches(Controller):
    """Runs one container per group: primary, reader and nodes are names of the same Redis."""

    name = "caches"

    def start(self) -> None:
        """Take over the status of the records."""
        self._seen: dict[str, tuple[Cache, str]] = {}
        followed.follow("cache")

    def reconcile(self) -> None:
        """Run what has a record, remove what has none."""
        records = {one.id: one for one in stores.caches()}
        present = self.lab.containers.find(NOUN)
        for identity in present.keys() - records.keys():
            self.log.info("remove %s and its data", identity)
            self.lab.containers.remove(NOUN, identity)
            self._seen.pop(identity, None)
        for one in records.values():
            running = one.id in present and present[one.id].state == "running"
            if self._seen.get(one.id) != (one, present[one.id].id if running else ""):
                self._follow(one)

    def _follow(self, one: Cache) -> None:
        spec = self._spec(one)
        if self.lab.containers.ensure(spec):
            self.log.info("cache %s at %s as %s", one.id, spec.address, one.names[0])
        if not self._answers(str(spec.address), one):
            return
        stores.set_cache_status(one.region, one.id, "available")
        container = self.lab.containers.get(NOUN, one.id)
        if container:
            self._seen[one.id] = (replace(one, status="available"), container.id)

    def _spec(self, one: Cache) -> Spec:
        containers, settings = self.lab.containers, self.lab.settings
        address = containers.address_for(NOUN, one.id, settings.cache_pool)
        folder = settings.home / NOUN / one.id
        issued = self.lab.pki.issue(f"{NOUN}-{one.id}", one.names, [address])
        content = {
            "start": redis.START,
            "redis.conf": redis.configuration(one),
            "server.crt": issued.crt.read_text(encoding="ascii"),
            "server.key": issued.key.read_text(encoding="ascii"),
        }
        for name, text in content.items():
            write(folder / name, text, 0o600)
        # Redis keeps its configuration from the start on: another one is another server.
        digest = hashlib.sha256("".join(content.values()).encode()).hexdigest()[:16]
        return Spec(
            noun=NOUN,
            record=one.id,
            image=settings.services_image,
            address=address,
            command=("sh", f"{redis.FOLDER}/start"),
            names=one.names,
            environment={"LAB_CONFIGURATION": digest},
            binds={str(folder): redis.FOLDER},
            volumes={f"groundwork-lab-cache-{one.id}": "/var/lib/redis"},
        )

    def _answers(self, address: str, one: Cache) -> bool:
        """Say whether the Redis takes the token and answers PING."""
        try:
            with socket.create_connection((address, one.port), timeout=1) as plain:
                stream = plain
                if one.tls:
                    context = ssl.create_default_context(cafile=str(self.lab.pki.ca))
                    stream = context.wrap_socket(plain, server_hostname=one.names[0])
                if one.token:
                    stream.sendall(_command("AUTH", one.token))
                    if stream.recv(64) != b"+OK\r\n":
                        return False
                stream.sendall(_command("PING"))
                return stream.recv(64) == b"+PONG\r\n"
        except OSError:
            return False

    def stop(self) -> None:
        """Leave the records to the emulator alone."""
        followed.unfollow("cache")


def _command(*words: str) -> bytes:
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()
