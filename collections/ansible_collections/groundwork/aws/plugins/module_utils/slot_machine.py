# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Brings a release into service on one host: the idle slot starts, the proxy switches, the old slot drains.

Which slot serves is written in one file, a map of HAProxy: the running proxy has it in memory, a proxy or a host that
starts reads it. It is replaced when the new slot is healthy and never before, so a kill at any moment leaves a slot that
serves. What a killed run left half-way is found by the next one: a slot that does not serve is idle, whatever it holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.haproxy import Proxy, ProxyError
from ansible_collections.groundwork.aws.plugins.module_utils.health_answer import fine, get
from ansible_collections.groundwork.aws.plugins.module_utils.slots import (
    SLOTS,
    Container,
    Slot,
    SlotError,
)

POLL = 0.2
NONE = "none"
# What the proxy needs to see that a slot is up: its checks are half a second apart.
PROXY_SECONDS = 15.0
# What Docker's check may take longer than the watch: it asks every ten seconds by default, and a busy host answers late.
DOCKER_SECONDS = 60.0


class FailedRelease(Exception):
    """A release does not serve. `containers` are those that failed, each with its last lines."""

    def __init__(self, message: str, containers: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.containers = containers or []


@dataclass
class Machine:
    """An application on this host.

    `services` maps a service to its `port` on the host and its `health_path` (may be empty), `offsets` a slot to what is
    added to that port for the slot's own.
    """

    name: str
    directory: str
    services: dict[str, dict[str, Any]]
    offsets: dict[str, int]
    map_file: str
    socket: str
    log_lines: int = 40
    proxy: Proxy = field(init=False)
    slots: dict[str, Slot] = field(init=False)

    def __post_init__(self) -> None:
        self.proxy = Proxy(self.socket)
        self.slots = {
            name: Slot(name, f"{self.name}-{name}", os.path.join(self.directory, name))
            for name in SLOTS
        }

    @contextlib.contextmanager
    def alone(self, seconds: float) -> Iterator[None]:
        """Hold the host for this run: one that was killed on the controller may still be at work here."""
        os.makedirs(self.directory, mode=0o755, exist_ok=True)
        with open(os.path.join(self.directory, ".lock"), "w", encoding="utf-8") as stream:
            deadline = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise SlotError(
                            f"Another deploy has been at work on this host for {seconds:.0f} seconds: "
                            "look with `ps aux | grep ansible`."
                        ) from None
                    time.sleep(POLL)
            yield

    # Which slot serves.

    def written(self, key: str = "active") -> str:
        """A value of the map's file."""
        try:
            with open(self.map_file, encoding="utf-8") as stream:
                lines = [line.split() for line in stream]
        except FileNotFoundError:
            return ""
        return next((words[1] for words in lines if words[:1] == [key] and len(words) > 1), "")

    def active(self) -> str:
        """The slot that serves: what the running proxy says, or the file where none runs."""
        try:
            serves = self.proxy.map_value(self.map_file, "active")
        except ProxyError:
            serves = ""
        if serves not in (*SLOTS, NONE):
            serves = self.written()
        return serves if serves in SLOTS else NONE

    def other(self, slot: str) -> str:
        """The slot that is not this one."""
        return SLOTS[1] if slot == SLOTS[0] else SLOTS[0]

    def set(self, key: str, value: str) -> None:
        """Set a value in the file and in the running proxy."""
        kept = {name: self.written(name) for name in ("active", "maintenance")}
        kept[key] = value
        new = self.map_file + ".new"
        with open(new, "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o644)
            stream.writelines(f"{name} {value or NONE}\n" for name, value in kept.items())
            stream.flush()
            os.fsync(stream.fileno())
        os.rename(new, self.map_file)
        self.proxy.set_map(self.map_file, key, value)

    # A slot comes up.

    def start(self, slot: Slot, wait: float, proved: bool = False) -> None:
        """Start a slot and wait until it serves on its own ports. Raises FailedRelease with the evidence.

        `proved`: it served before. Then the answer on its health path is enough; Docker asks a second after the start for the
        first time, and its verdict is waited for after the switch.
        """
        deadline = time.monotonic() + wait
        try:
            slot.up()
        except SlotError as error:
            raise FailedRelease(
                str(error), self._evidence(slot, lambda one: not one.good)
            ) from None
        wanted = set(slot.services())
        while True:
            found = slot.containers()
            up = {c.service for c in found if c.good or (proved and self._answers(slot, c))}
            if wanted and up >= wanted:
                break
            # As it was seen: a container that ends again and again runs at the next look.
            lost = [one for one in found if one.lost]
            if lost:
                raise FailedRelease("a container does not stay up", self._told(slot, lost))
            if time.monotonic() > deadline:
                raise FailedRelease(
                    f"not healthy within {wait:.0f} seconds",
                    self._told(slot, [one for one in found if not one.good]),
                )
            time.sleep(POLL)
        for name in self.services:
            self._probe(slot, name, max(deadline, time.monotonic() + 5))

    def _answers(self, slot: Slot, one: Container) -> bool:
        """Whether a container that starts answers on its health path."""
        path = self.services.get(one.service, {}).get("health_path")
        return bool(path) and one.starting and fine(get(self.port(slot, one.service), path))

    def port(self, slot: Slot, service: str) -> int:
        """The port on this host that a slot's container has for itself."""
        return int(self.services[service]["port"]) + self.offsets[slot.name]

    def _probe(self, slot: Slot, name: str, deadline: float) -> None:
        """Ask a service for its health as the proxy will."""
        path = self.services[name].get("health_path")
        while path:
            said = get(self.port(slot, name), path)
            if fine(said):
                return
            if time.monotonic() > deadline:
                raise FailedRelease(
                    f"{name} answers {path} with {said}",
                    self._evidence(slot, lambda c: c.service == name),
                )
            time.sleep(POLL)

    def _evidence(self, slot: Slot, failed: Callable[[Container], bool]) -> list[dict[str, Any]]:
        return self._told(slot, [one for one in slot.containers() if failed(one)])

    def _told(self, slot: Slot, containers: list[Container]) -> list[dict[str, Any]]:
        """What is told of containers that failed, with their last lines."""
        return [{**one.told(), "log": slot.logs(one, self.log_lines)} for one in containers]

    # The switch.

    def await_proxy(self, slot: Slot) -> None:
        """Wait until the proxy, too, sees every service of a slot."""
        deadline = time.monotonic() + PROXY_SECONDS
        for name in self.services:
            while not self._found(slot, name).startswith(("UP", "no check")):
                if time.monotonic() > deadline:
                    raise FailedRelease(
                        f"the proxy of this host finds {name} of slot {slot.name} down"
                    )
                time.sleep(POLL)

    def _found(self, slot: Slot, service: str) -> str:
        """How the proxy finds a service of a slot, in its own word."""
        return self.proxy.server_status(f"{service}-{slot.name}", slot.name)

    def _answer(self, slot: Slot, service: str) -> str:
        """What a service says when it is asked for its health."""
        path = self.services[service].get("health_path") or "/"
        return f"{path} with {get(self.port(slot, service), path)}"

    def watch(self, slot: Slot, seconds: float) -> None:
        """See for a while, and once at least, that a slot which serves goes on doing so, until Docker finds it healthy too."""
        deadline = time.monotonic() + seconds
        verdict = deadline + DOCKER_SECONDS
        wanted = set(slot.services())
        begun: dict[str, int] = {}
        while True:
            found = slot.containers()
            begun = begun or {one.id: one.restarts for one in found}
            late = time.monotonic() > verdict
            starting = [one for one in found if one.starting and not late]
            ill = [
                one
                for one in found
                if not (one.good or one in starting) or one.restarts > begun.get(one.id, 0)
            ]
            missing = sorted(wanted - {one.service for one in found})
            # The proxy asks more often than Docker does, and what it finds down gets no request.
            down = [name for name in self.services if self._found(slot, name).startswith("DOWN")]
            if ill or missing or down:
                ill += [one for one in found if one.service in down and one not in ill]
                told = [f"gone: {', '.join(missing)}"] if missing else []
                told += [f"{name} answers {self._answer(slot, name)}" for name in down]
                why = "; ".join(["it got ill after the switch", *told])
                raise FailedRelease(why, self._told(slot, ill))
            if time.monotonic() >= deadline and not starting:
                return
            time.sleep(min(1.0, max(POLL, deadline - time.monotonic())))

    def drain(self, slot: Slot, seconds: float) -> float:
        """Let the requests in a slot come to their end; gives the seconds that it took, at most `seconds`."""
        begun = time.monotonic()
        backends = {f"{name}-{slot.name}" for name in self.services}
        quiet = 0
        # Twice in a row: a request that was routed a moment ago may not be counted yet.
        while quiet < 2 and time.monotonic() - begun < seconds:
            quiet = 0 if self.proxy.requests_in(backends) else quiet + 1
            time.sleep(POLL / 2)
        return time.monotonic() - begun
