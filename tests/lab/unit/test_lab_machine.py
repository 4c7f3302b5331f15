"""What the lab asks of the machine: processes, routes, ports, settings, firewall, verbs."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab import cli, firewall, network, processes, scenarios
from lab.containers import Containers, Spec
from lab.errors import LabError
from lab.settings import Settings
from tests.waiting import PATIENCE

LAB = IPv4Network("10.16.0.0/12")


def test_the_environment_moves_both_folders() -> None:
    assert Settings.load({}).home == Path("/var/lib/groundwork-lab")
    moved = Settings.load({"LAB_HOME": "/a", "LAB_CACHE": "/b"})
    assert (moved.home, moved.cache, moved.environment) == (Path("/a"), Path("/b"), Path("/a/env"))


def test_every_pool_lies_in_the_lab_and_no_two_overlap() -> None:
    settings = Settings()
    pools = [settings.balancer_pool, settings.database_pool, settings.cache_pool,
             settings.molecule_pool, settings.public_pool,
             IPv4Network("10.20.0.0/16"), IPv4Network("10.30.0.0/16")]  # fmt: skip
    for one in pools:
        assert one.subnet_of(settings.subnet)
        assert not [two for two in pools if two is not one and two.overlaps(one)]
        assert settings.gateway not in one


@pytest.mark.parametrize(
    ("destination", "device", "taken"),
    [
        ("default", "eth0", False),
        ("10.0.0.0/8", "tun0", True),
        ("10.20.0.0/16", "br-other", True),
        ("10.16.0.0/12", "br-groundwork", False),
        ("192.168.1.7", "eth0", False),
        ("10.31.255.255", "tun0", True),
    ],
)
def test_a_route_into_the_labs_subnet_is_seen(destination: str, device: str, taken: bool) -> None:
    found = network.overlapping(LAB, [{"dst": destination, "dev": device}], "br-groundwork")
    assert bool(found) is taken


def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        here = replace(settings, gateway=IPv4Address("127.0.0.1"), emulator_port=port)
        with pytest.raises(
            LabError, match=rf"port {port} on 127.0.0.1 is taken by .+ \(pid {os.getpid()}\)"
        ):
            network.check_ports(here)


def test_a_pid_that_another_process_has_got_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    path.write_text(str(os.getpid()))
    assert processes.read_pid(path, "no-such-marker") is None
    assert processes.read_pid(path, "py") == os.getpid()
    path.write_text("4194304999")
    assert processes.read_pid(path, "py") is None


def test_a_process_that_ignores_sigterm_is_killed() -> None:
    code = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True);"
        "time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child.stdout.readline()
    processes.stop(child.pid, grace=0.3)
    assert child.wait(PATIENCE) == -9


RULES = """\
-P FORWARD DROP
-N DOCKER
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -i br-groundwork -j ACCEPT
-A FORWARD -i eth0 -j ACCEPT
"""


@pytest.mark.parametrize("docker_before", [False, True])
def test_the_firewall_is_put_back_and_anothers_docker_is_spared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker_before: bool
) -> None:
    called: list[str] = []

    def iptables(*arguments: str) -> str:
        called.append(" ".join(arguments))
        rules = docker_before or len(called) > 1
        return RULES if arguments[-1] == "-S" and rules and "nat" not in arguments else ""

    monkeypatch.setattr(firewall, "_iptables", iptables)
    forward = tmp_path / "ip_forward"
    forward.write_text("0")
    monkeypatch.setattr(firewall, "_FORWARD", forward)
    note = tmp_path / "firewall.json"
    firewall.remember(note)
    forward.write_text("1")
    firewall.remember(note)  # a second start must not take the engine's own state for the machine's
    firewall.restore(note, ("br-groundwork",))
    assert "-t filter -D FORWARD -i br-groundwork -j ACCEPT" in called
    assert not [call for call in called if "eth0" in call]
    removed = [
        call for call in called if "-X DOCKER" in call or "-D FORWARD -j DOCKER-USER" in call
    ]
    assert bool(removed) is not docker_before
    assert forward.read_text() == ("1" if docker_before else "0")
    assert not note.exists()


def test_a_spec_is_known_by_all_it_says() -> None:
    spec = Spec("database", "main", "image", IPv4Address("10.16.2.1"), environment={"A": "1"})
    assert spec.digest == replace(spec).digest
    assert spec.digest != replace(spec, environment={"A": "2"}).digest
    assert spec.digest != replace(spec, address=IPv4Address("10.16.2.2")).digest
    assert spec.name == "groundwork-lab-database-main"


def listed(noun: str, record: str, address: str, running: bool = True, names: str = "") -> dict:
    return {
        "Id": record, "Names": [f"/groundwork-lab-{noun}-{record}"], "Status": "", "ImageID": "x",
        "State": "running" if running else "exited",
        "Labels": {"groundwork-lab": "1", "groundwork-lab.noun": noun,
                   "groundwork-lab.record": record, "groundwork-lab.names": names},
        "NetworkSettings": {"Networks": {"groundwork-lab": {
            "IPAMConfig": {"IPv4Address": address}, "IPAddress": address if running else ""}}},
    }  # fmt: skip


def test_addresses_are_stable_and_never_given_twice() -> None:
    there = [listed("database", "one", "10.16.2.1", running=False),
             listed("database", "two", "10.16.2.2", names="two.rds.example")]  # fmt: skip
    client = SimpleNamespace(api=SimpleNamespace(containers=lambda all, filters: there))
    containers = Containers(client, Settings())
    pool = IPv4Network("10.16.2.0/30")
    assert containers.address_for("database", "one", pool) == IPv4Address("10.16.2.1")
    assert containers.names() == {"two.rds.example": IPv4Address("10.16.2.2")}
    with pytest.raises(LabError, match="no address of 10.16.2.0/30 is free"):
        containers.address_for("database", "three", pool)
    there.pop()
    assert containers.address_for("database", "three", pool) == IPv4Address("10.16.2.2")


def test_an_error_is_explained_not_dumped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(settings: Settings, options: object) -> int:
        raise LabError("port 5000 is taken", "stop it")

    monkeypatch.setitem(cli.VERBS, "up", (fail, "x"))
    assert cli.main(["up"]) == 1
    assert capsys.readouterr().err == "lab up: port 5000 is taken\n  stop it\n"


def test_only_root_changes_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.processes.os.geteuid", lambda: 1000)
    for verb in ("up", "down", "purge"):
        with pytest.raises(LabError, match="needs root"):
            processes.need_root(verb)


def test_an_account_that_a_scenario_left_is_ended_and_nothing_else(tmp_path: Path) -> None:
    def started(folder: str, *words: str) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, "-c", "input()", *words], stdin=subprocess.PIPE)
        file = tmp_path / "molecule" / folder / "emulator.pid"
        file.parent.mkdir(parents=True)
        file.write_text(f"{process.pid}\n")
        return process

    account = started("one", "-m", "lab", "emulator")
    other = started("two", "got", "the", "number", "since")
    try:
        scenarios.end_accounts(Settings(home=tmp_path))
        assert account.wait(PATIENCE) == -signal.SIGTERM
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
