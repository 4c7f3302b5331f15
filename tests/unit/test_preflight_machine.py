"""What a verb needs of the machine that runs Ansible."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import machine


@pytest.fixture
def key(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.delenv("GROUNDWORK_SSH_KEY", raising=False)
    path = tmp_path / "key"
    path.write_text("private")
    path.chmod(0o600)
    path.with_name("key.pub").write_text("ssh-ed25519 AAAA")
    return path


def found(needs: dict, key: Path | None = None, plan: bool = False, **versions: dict) -> list:
    return machine.check(needs, versions, str(key) if key else None, plan)


def test_a_tool_that_is_not_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (finding,) = found({"tools": ["ssh"]})
    assert finding.key == "ssh"
    assert "apt install openssh-client" in finding.write


def test_docker_is_wanted_only_where_images_are_built(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [f.key for f in found({"images": True})] == ["docker"]
    assert found({"images": True}, plan=True) == []
    assert found({}) == []


def test_a_library_that_is_too_old_too_new_or_missing():
    asked = {"ansible-core": {"min": "99"}, "boto3": {"min": "1", "below": "1.1"}, "nope": {}}
    findings = machine.check({}, asked, None, False)
    assert [f.key for f in findings] == ["ansible-core", "boto3", "nope"]
    assert findings[0].says.endswith("wanted is 99 or newer")
    assert findings[1].says.endswith("wanted is 1 or newer, below 1.1")


def test_a_sound_key_yields_nothing(key):
    assert found({"private_key": True, "public_key": True}, key) == []


def test_a_key_that_is_not_there(key):
    key.unlink()
    (finding,) = found({"private_key": True}, key)
    assert finding.key == "ssh_key"
    assert f"ssh-keygen -t ed25519 -f {key}" in finding.write


def test_a_key_of_an_agent_need_not_lie_in_a_file(key, monkeypatch):
    key.unlink()
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    assert found({"private_key": True}, key) == []


def test_a_key_without_its_public_half(key):
    key.with_name("key.pub").unlink()
    (finding,) = found({"public_key": True}, key)
    assert f"ssh-keygen -y -f {key}" in finding.write


def test_a_public_half_that_is_none(key):
    key.with_name("key.pub").write_text("-----BEGIN")
    (finding,) = found({"public_key": True}, key)
    assert "no public key" in finding.says


def test_a_key_that_others_may_read(key):
    key.chmod(0o644)
    (finding,) = found({"private_key": True}, key)
    assert finding.write == f"chmod 600 {key}"


def test_a_verb_that_needs_no_key_asks_for_none(key):
    key.unlink()
    key.with_name("key.pub").unlink()
    assert found({}, key) == []
