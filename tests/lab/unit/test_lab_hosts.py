"""Hosts follow the records: created, started, rebooted, stopped, removed, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any

import pytest

from lab.containers import Seen, Spec
from lab.controllers.hosts import Hosts
from lab.emulator.records import Instance
from lab.settings import Settings

ID = "i-0123456789abcdef0"


class Engine:
    """Stands for Docker: remembers what it was told, and the containers' states."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.specs: list[Spec] = []
        self.states: dict[str, str] = {}
        self.api = self

    def find(self, noun: str) -> dict[str, Seen]:
        return {
            record: Seen(record, f"x-{record}", noun, record, state, "", None, (), "", "")
            for record, state in self.states.items()
        }

    def create(self, spec: Spec) -> str:
        self.specs.append(spec)
        self.states[spec.record] = "created"
        return spec.record

    def start(self, identity: str) -> None:
        self.told.append(f"start {identity}")
        self.states[identity] = "running"

    def restart(self, identity: str, timeout: int) -> None:
        self.told.append(f"restart {identity}")

    def stop(self, identity: str, timeout: int) -> None:
        self.told.append(f"stop {identity}")
        self.states[identity] = "exited"

    def remove(self, noun: str, record: str) -> None:
        self.told.append(f"remove {record}")
        del self.states[record]


class Desk:
    """A controller with made-up records and engine."""

    def __init__(self, settings: Settings) -> None:
        settings.pki.mkdir(parents=True)
        settings.ca.write_text("CA")
        self.engine = Engine()
        self.instances: list[Instance] = []
        records = SimpleNamespace(instances=lambda: self.instances)
        self.settings = settings
        self.hosts = Hosts(SimpleNamespace(
            settings=settings, containers=self.engine, docker=self.engine, records=records,
        ))  # fmt: skip

    def pass_(self) -> list[str]:
        """Do one pass, wait for what it started, and tell what the engine was told."""
        self.engine.told.clear()
        self.hosts.reconcile()
        for change in list(self.hosts._busy.values()):
            change.exception()
        return list(self.engine.told)


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    made = Desk(settings)
    yield made
    made.hosts.stop()


@pytest.fixture
def web(make_instance: Callable[..., Instance]) -> Instance:
    return make_instance(user_data=b"#!/bin/sh\n")


def test_a_new_instance_gets_a_container_with_its_facts(desk: Desk, web: Instance) -> None:
    desk.instances = [web]
    assert desk.pass_() == [f"start {ID}"]
    (spec,) = desk.engine.specs
    assert spec.address == IPv4Address("10.20.1.10")
    assert spec.hostname == "ip-10-20-1-10"
    folder = desk.settings.home / "hosts" / ID
    assert (folder / "authorized_keys").read_text() == "ssh-ed25519 AAAA me\n"
    assert (folder / "addresses").read_text() == "10.31.0.5\n"
    assert (folder / "user-data").read_bytes() == b"#!/bin/sh\n"
    assert (folder / "user-data").stat().st_mode & 0o077 == 0, "user data may hold a secret"
    assert "user-data" not in str(spec.environment)
    assert desk.pass_() == [], "a second pass has nothing to do"


def test_stopped_started_and_terminated_are_followed(desk: Desk, web: Instance) -> None:
    desk.instances = [web]
    desk.pass_()
    desk.instances = [replace(web, state="stopped")]
    assert desk.pass_() == [f"stop {ID}"]
    assert desk.pass_() == []
    desk.instances = [web]
    assert desk.pass_() == [f"start {ID}"]
    desk.instances = [replace(web, state="terminated")]
    assert desk.pass_() == [f"remove {ID}"]
    assert not (desk.settings.home / "hosts" / ID).exists()
    assert desk.pass_() == []


def test_a_reboot_is_done_once(desk: Desk, web: Instance) -> None:
    desk.instances = [web]
    desk.pass_()
    desk.hosts._restarts.add(ID)
    assert desk.pass_() == [f"restart {ID}"]
    assert desk.pass_() == []


def test_a_stop_is_not_taken_for_a_reboot_later(desk: Desk, web: Instance) -> None:
    desk.instances = [web]
    desk.pass_()
    desk.hosts._restarts.add(ID)
    desk.instances = [replace(web, state="stopped")]
    desk.pass_()
    desk.instances = [web]
    assert desk.pass_() == [f"start {ID}"]
    assert desk.pass_() == []


def test_a_killed_container_is_started_again(desk: Desk, web: Instance) -> None:
    desk.instances = [web]
    desk.pass_()
    desk.engine.states[ID] = "exited"
    assert desk.pass_() == [f"start {ID}"]


def test_a_container_without_a_record_is_removed(desk: Desk) -> None:
    desk.engine.states["i-orphan"] = "running"
    assert desk.pass_() == ["remove i-orphan"]


def test_an_address_outside_of_the_lab_is_refused_once_and_hurts_nobody(
    desk: Desk, web: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    outside = replace(web, id="i-outside", private_address=IPv4Address("172.31.0.4"))
    desk.instances = [outside, web]
    with caplog.at_level("WARNING", logger="lab.hosts"):
        assert desk.pass_() == [f"start {ID}"]
        desk.pass_()
    assert [one.message for one in caplog.records if "172.31.0.4" in one.message][1:] == []


def test_one_failing_host_is_told_and_the_others_go_on(
    desk: Desk, web: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = desk.engine.create

    def fail(spec: Spec) -> Any:
        if spec.record == "i-bad":
            raise RuntimeError("Address already in use")
        return create(spec)

    monkeypatch.setattr(desk.engine, "create", fail)
    desk.instances = [replace(web, id="i-bad"), web]
    assert desk.pass_() == [f"start {ID}"]
    with pytest.raises(RuntimeError, match="i-bad: Address already in use"):
        desk.hosts.reconcile()


def test_the_emulators_reboot_is_heard() -> None:
    from moto.ec2.models.instances import Instance as MotoInstance

    from lab.controllers.hosts import _tell

    before = MotoInstance.reboot
    first: set[str] = set()
    second: set[str] = set()
    try:
        _tell("reboot", first)
        _tell("reboot", second)
        fake = SimpleNamespace(id="i-1", _state=SimpleNamespace(), _reason="", state_reason=None)
        MotoInstance.reboot(fake)
    finally:
        MotoInstance.reboot = before
    assert (first, second) == (set(), {"i-1"}), "a second start replaces the first, never stacks"
    assert fake._state.name == "running", "the emulator's own reboot still happens"
