"""EC2 instances: each is a container with systemd and SSH at its record's addresses."""

import functools
import os
import shutil
import subprocess
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from docker.errors import NotFound
from moto.ec2.models.instances import Instance as MotoInstance

from lab import operator
from lab.containers import Seen, Spec
from lab.controllers.base import Controller
from lab.emulator.records import Instance
from lab.lab import Lab

NOUN = "host"
_INSIDE = "/etc/groundwork-lab"
_RUNS = ("pending", "running")
_STANDS = ("stopping", "stopped")
_STOP_SECONDS = 15


class Hosts(Controller):
    """Creates, starts, stops, reboots and removes the containers of instances."""

    name = "hosts"

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="host")
        self._busy: dict[str, Future[None]] = {}
        self._restarts: set[str] = set()
        self._addressed: dict[str, str] = {}
        self._refused: set[str] = set()

    def start(self) -> None:
        """Have each reboot told: a record does not show it."""
        _tell("reboot", self._restarts)
        # A stop and a start between two passes would go unseen as well.
        _tell("stop", self._restarts)

    def reconcile(self) -> None:
        """Start a change for each instance whose container is not as its record."""
        self._collect()
        seen = self.lab.containers.find(NOUN)
        instances = {one.id: one for one in self.lab.records.instances()}
        for instance in instances.values():
            if instance.id not in self._busy:
                self._follow(instance, seen.get(instance.id))
        for orphan in seen.keys() - instances.keys():
            self._do(orphan, self._remove, orphan)

    def stop(self) -> None:
        """Let changes that are under way finish."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _follow(self, instance: Instance, seen: Seen | None) -> None:
        identity = instance.id
        if instance.state in _RUNS:
            if seen is None:
                if self._possible(instance):
                    self._do(identity, self._create, instance)
            elif seen.state in ("created", "exited"):
                self._do(identity, self._start, instance, seen)
            elif identity in self._restarts:
                self._do(identity, self._reboot, instance, seen)
            elif self._addressed.get(identity) != self._public(instance):
                self._do(identity, self._address, instance, seen)
            else:
                return
            self._restarts.discard(identity)
        elif instance.state in _STANDS:
            self._restarts.discard(identity)
            if seen and seen.state in ("running", "restarting"):
                self._do(identity, self._halt, seen)
        elif seen:
            self._do(identity, self._remove, identity)

    def _possible(self, instance: Instance) -> bool:
        if instance.private_address in self.lab.settings.subnet:
            return True
        if instance.id not in self._refused:
            self._refused.add(instance.id)
            self.log.warning(
                "%s has the address %s, outside of the lab's %s: it is a record without a host",
                instance.id, instance.private_address, self.lab.settings.subnet,
            )  # fmt: skip
        return False

    def _create(self, instance: Instance) -> None:
        folder = self._folder(instance.id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ca = self.lab.settings.ca.read_bytes()
        (folder / "ca.crt").write_bytes(ca)
        (folder / "authorized_keys").write_text(f"{instance.public_key}\n", encoding="utf-8")
        (folder / "addresses").write_text(self._public(instance), encoding="ascii")
        _write_private(folder / "user-data", instance.user_data)
        spec = Spec(
            noun=NOUN,
            record=instance.id,
            image=self.lab.settings.host_image,
            address=instance.private_address,
            hostname=instance.private_name.partition(".")[0],
            environment={"LAB_DNS": str(self.lab.settings.names_address)},
            binds={str(folder): _INSIDE},
            privileged=True,
        )
        identity = self.lab.containers.create(spec)
        self.lab.docker.api.start(identity)
        self._addressed[instance.id] = self._public(instance)
        self.log.info("%s runs at %s %s", instance.id, instance.private_address,
                      instance.public_address or "")  # fmt: skip

    def _start(self, instance: Instance, seen: Seen) -> None:
        (self._folder(instance.id) / "addresses").write_text(
            self._public(instance), encoding="ascii"
        )
        self.lab.docker.api.start(seen.id)
        self._addressed[instance.id] = self._public(instance)
        self.log.info("%s started", instance.id)

    def _reboot(self, instance: Instance, seen: Seen) -> None:
        self.lab.docker.api.restart(seen.id, timeout=_STOP_SECONDS)
        self.log.info("%s rebooted", instance.id)

    def _halt(self, seen: Seen) -> None:
        self.lab.docker.api.stop(seen.id, timeout=_STOP_SECONDS)
        self._addressed.pop(seen.record, None)
        self.log.info("%s stopped", seen.record)

    def _address(self, instance: Instance, seen: Seen) -> None:
        """Give a running host the public addresses that its record has now."""
        wanted = self._public(instance)
        path = self._folder(instance.id) / "addresses"
        before = path.read_text(encoding="ascii") if path.is_file() else ""
        path.write_text(wanted, encoding="ascii")
        try:
            pid = self.lab.docker.api.inspect_container(seen.id)["State"]["Pid"]
        except NotFound:
            return
        for address in set(before.split()) - set(wanted.split()):
            _inside(pid, "ip", "address", "delete", f"{address}/32", "dev", "eth0")
        for address in wanted.split():
            _inside(pid, "ip", "address", "replace", f"{address}/32", "dev", "eth0")
        self._addressed[instance.id] = wanted

    def _remove(self, identity: str) -> None:
        self.lab.containers.remove(NOUN, identity)
        operator.forget_host(identity)
        shutil.rmtree(self._folder(identity), ignore_errors=True)
        self._addressed.pop(identity, None)
        self.log.info("%s terminated", identity)

    def _do(self, identity: str, action, *arguments: object) -> None:
        if identity not in self._busy:
            self._busy[identity] = self._pool.submit(action, *arguments)

    def _collect(self) -> None:
        """Forget finished changes; the first error of one of them is this pass's."""
        done = {identity: change for identity, change in self._busy.items() if change.done()}
        for identity in done:
            del self._busy[identity]
        failed = {i: error for i, change in done.items() if (error := change.exception())}
        for identity, error in failed.items():
            raise RuntimeError(f"{identity}: {error}") from error

    def _public(self, instance: Instance) -> str:
        """Write the addresses that a host has beside its private one, a line each."""
        address = instance.public_address
        return f"{address}\n" if address and address in self.lab.settings.subnet else ""

    def _folder(self, identity: str) -> Path:
        return self.lab.settings.home / "hosts" / identity


def _inside(pid: int, *command: str) -> None:
    """Run a command of this machine in a container's network."""
    subprocess.run(["nsenter", "-t", str(pid), "-n", *command], capture_output=True, check=False)


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)


_lock = threading.Lock()


def _tell(method: str, identities: set[str]) -> None:
    """Have a method of the emulator's instances add the instance's id to a set when called."""
    with _lock:
        original = getattr(MotoInstance, method)
        original = getattr(original, "__wrapped__", original)

        @functools.wraps(original)
        def told(instance: MotoInstance, *arguments: object, **named: object) -> object:
            identities.add(instance.id)
            return original(instance, *arguments, **named)

        setattr(MotoInstance, method, told)
