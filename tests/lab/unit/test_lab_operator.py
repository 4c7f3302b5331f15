"""What the lab writes outside of its folders can be taken back to the byte."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab import operator
from lab.engine import Engine
from lab.settings import Settings

BEFORE = "127.0.0.1 localhost\n# mine\n192.0.2.1 elsewhere\n"
NAMES = {"qa.example.test": IPv4Address("10.16.1.2"), "api.example.test": IPv4Address("10.16.1.3")}


def test_a_block_is_put_replaced_and_removed_again() -> None:
    once = operator.with_block(BEFORE, NAMES)
    assert "10.16.1.2 qa.example.test\n" in once
    assert operator.with_block(once, NAMES) == once
    fewer = operator.with_block(once, {"qa.example.test": IPv4Address("10.16.1.9")})
    assert "10.16.1.9 qa.example.test" in fewer
    assert "10.16.1.3" not in fewer
    assert operator.with_block(fewer, {}) == BEFORE


def test_lines_that_others_add_after_the_block_survive() -> None:
    text = operator.with_block(BEFORE, NAMES) + "192.0.2.7 later\n"
    assert operator.with_block(text, {}) == BEFORE + "192.0.2.7 later\n"


def test_the_labs_names_are_read_back_and_no_others() -> None:
    assert operator.names_in(BEFORE) == {}
    text = operator.with_block(BEFORE, NAMES) + "192.0.2.7 later\n"
    assert operator.names_in(text) == {name: str(address) for name, address in NAMES.items()}


def test_a_file_without_a_last_newline_is_not_joined_with_the_block() -> None:
    assert "localhost\n# BEGIN" in operator.with_block("127.0.0.1 localhost", NAMES)


def test_down_takes_the_keys_of_the_labs_hosts_and_no_others(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(operator, "HOSTS", tmp_path / "etc-hosts")
    monkeypatch.setattr(operator, "_CERTIFICATES", tmp_path / "docker" / "certs.d")
    monkeypatch.setattr(operator, "write_names", lambda names: False)
    keys = tmp_path / ".ssh" / "groundwork"
    keys.mkdir(parents=True)
    for name in ("i-lab", "i-aws"):
        (keys / name).touch()
    (settings.home / "hosts" / "i-lab").mkdir(parents=True)
    others = tmp_path / "docker" / "certs.d" / "registry.example"
    others.mkdir(parents=True)
    ours = tmp_path / "docker" / "certs.d" / settings.registry_name
    ours.mkdir()
    operator.forget(settings)
    assert [path.name for path in keys.iterdir()] == ["i-aws"]
    assert others.is_dir()
    assert not ours.exists()


def test_the_file_is_written_in_place_and_only_when_something_changed(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text(BEFORE)
    inode = path.stat().st_ino
    assert operator.write_names(NAMES, path)
    assert path.stat().st_ino == inode, "a mounted /etc/hosts cannot be replaced"
    stamp = path.stat().st_mtime_ns
    assert not operator.write_names(NAMES, path)
    assert path.stat().st_mtime_ns == stamp


def test_the_environment_is_for_a_shell(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.home.mkdir()
    engine = Engine("unix:///run/docker.sock", None, settings)
    operator.write_environment(settings, engine, {"CLOUDWATCH_AGENT_URL": "http://x/a b.deb"})
    lines = settings.environment.read_text().splitlines()
    assert "export AWS_ENDPOINT_URL=http://10.16.0.1:5000" in lines
    assert "export CLOUDWATCH_AGENT_URL='http://x/a b.deb'" in lines
    assert "export DOCKER_HOST=unix:///run/docker.sock" in lines
    assert not [line for line in lines if "PATH=" in line], "the machine's own client is on it"
    assert "AKIA" not in settings.environment.read_text(), "looks like a real key to a scanner"
