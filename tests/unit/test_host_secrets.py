"""The secrets of a host: fetched by their unit, told by their versions, foreseen in a plan."""

import json

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.groundwork.aws.plugins.modules import host_secrets

FETCHED, OTHER = (
    json.dumps({"items": [{"name": "JWT", "secret_id": one}]}) for one in ("jwt", "other-jwt")
)
OLD, NEW = ({"JWT": {"secret_id": "jwt", "version_id": one, "format": "x"}} for one in "12")


@pytest.fixture
def host(tmp_path, monkeypatch, capsys):
    """A function that runs the module on a host whose programs are shell scripts."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "versions").write_text(json.dumps(OLD))
    (tmp_path / "shop.json").write_text(FETCHED)

    def put(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    put("systemctl", f"echo '{json.dumps(NEW)}' >{tmp_path}/versions")
    put("program", f"cat >{tmp_path}/asked; echo '{json.dumps(NEW)}'")
    put("journalctl", "echo the role may not read it")

    def run(content: str = FETCHED, check: bool = False) -> dict:
        given = {"name": "shop", "content": content, "directory": str(tmp_path),
                 "versions": f"{tmp_path}/versions", "program": f"{tmp_path}/program",
                 "_ansible_check_mode": check}  # fmt: skip
        with patch_module_args(given), pytest.raises(SystemExit):
            host_secrets.main()
        return json.loads(capsys.readouterr().out)

    run.put, run.folder = put, tmp_path
    return run


def test_a_rotated_secret_is_a_change(host):
    told = host()
    assert told["changed"]
    assert told["versions"] == NEW
    assert told["diff"]["before"]["JWT"] == "1"
    assert told["diff"]["after"]["JWT"] == "2"


def test_the_same_versions_are_none(host):
    host.put("systemctl", "exit 0")
    assert not host()["changed"]


def test_what_is_fetched_is_written_for_the_next_boot_too(host):
    assert host(OTHER)["changed"]
    assert (host.folder / "shop.json").read_text() == OTHER


def test_a_plan_foresees_the_rotation_and_leaves_all_as_it_is(host):
    told = host(OTHER, check=True)
    assert told["changed"]
    assert told["versions"] == NEW
    assert (host.folder / "asked").read_text() == OTHER
    assert json.loads((host.folder / "versions").read_text()) == OLD
    assert (host.folder / "shop.json").read_text() == FETCHED


def test_a_plan_that_cannot_tell_says_so(host, monkeypatch):
    warned = []
    monkeypatch.setattr(host_secrets.AnsibleModule, "warn", lambda _, text: warned.append(text))
    host.put("program", "echo no such secret >&2; exit 1")
    told = host(check=True)
    assert not told["changed"]
    assert warned == ["What would be fetched is not known: no such secret"]


def test_a_plan_of_a_host_without_the_program_knows_what_is_fetched(host):
    (host.folder / "program").unlink()
    told = host(OTHER, check=True)
    assert told["changed"]
    assert told["diff"]["after"]["JWT"] == "(known after apply)"


def test_a_fetch_that_fails_is_told_in_the_units_own_words(host):
    host.put("systemctl", "exit 1")
    told = host()
    assert told["failed"]
    assert "the role may not read it" in told["msg"]
