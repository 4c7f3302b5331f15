"""A host that fails stops the switch: the next hosts keep their release, and the run has failed.

Ansible takes a rescued failure for success, so this is tried with the real playbook on three hosts;
only the roles are replaced.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SWITCHED = """
- name: Note the host
  ansible.builtin.copy:
    content: ""
    dest: "{folder}/switched-{{{{ inventory_hostname }}}}"
    mode: "0644"
- name: Fail on one
  ansible.builtin.fail:
    msg: broken on {{{{ inventory_hostname }}}}
  when: inventory_hostname == bad_host
"""
LOCK = """
- name: Lose the lock before one host
  ansible.builtin.fail:
    msg: the lock is lost
  when: inventory_hostname == lost_before | default('')
"""
RECORDED = """
- name: Note the record
  ansible.builtin.copy:
    content: "{{{{ release_reason }}}}"
    dest: "{folder}/recorded-{verdict}"
    mode: "0644"
"""


@pytest.fixture
def switch(tmp_path):
    """A function that runs switch.yml with one bad host; gives the exit code and what was noted."""
    noted = tmp_path / "noted"
    noted.mkdir()
    tasks = {
        "lock/tasks/check.yml": LOCK,
        "compose_deploy/tasks/main.yml": SWITCHED.format(folder=noted),
        "release/tasks/failed.yml": RECORDED.format(folder=noted, verdict="bad"),
        "release/tasks/record.yml": RECORDED.format(folder=noted, verdict="good"),
    }
    for name, text in tasks.items():
        path = tmp_path / "roles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---{text}")
    local = {"ansible_connection": "local", "ansible_become": False}
    local["ansible_python_interpreter"] = sys.executable
    inventory = tmp_path / "hosts.json"
    hosts = dict.fromkeys(["one", "two", "three"], local)
    inventory.write_text(json.dumps({"all": {"children": {"app": {"hosts": hosts}}}}))
    given = {
        "operation": "deploy",
        "aws_region": "us-east-1",
        "hostname": "nowhere.invalid",
        "resource_prefix": "shop-qa",
        "app_services": {},
        "_release_name": "r2",
        "_release_images": {"api": "registry.test/api@sha256:1"},
        "_release_records": {},
        "_release_current": {},
        "release_reason": "",
    }

    def run(bad_host, **more):
        done = subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "-i", inventory,
             "playbooks/switch.yml", "-e", json.dumps(given | {"bad_host": bad_host} | more)],
            cwd=ROOT, capture_output=True, text=True,
            env=os.environ | {"ANSIBLE_ROLES_PATH": str(tmp_path / "roles")},
        )  # fmt: skip
        return done, sorted(path.name for path in noted.iterdir())

    return run


def test_every_host_switches_and_the_release_is_recorded(switch):
    done, noted = switch("none")
    assert done.returncode == 0, done.stdout
    assert noted == ["recorded-good", "switched-one", "switched-three", "switched-two"]


def test_first_bad_host_stops_the_switch_and_fails_the_run(switch):
    done, noted = switch("one")
    assert done.returncode != 0
    assert noted == ["recorded-bad", "switched-one"]
    assert "broken on one" in done.stdout


def test_a_run_that_lost_the_lock_switches_no_further_host_and_records_nothing(switch):
    done, noted = switch("none", lost_before="two")
    assert done.returncode != 0
    assert noted == ["switched-one"]
