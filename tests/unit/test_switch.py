"""The fleet ends on one release: a host that fails takes the others back, and fails the run.

Ansible takes a rescued failure for success and goes on, so this is tried with the real playbook and
the real role on three hosts; only what works on one host is replaced.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.warm import HOST, UNPREPARED

ROOT = Path(__file__).parents[2]
# Like the role's own: a host that is lost answers the task, and the failure is raised after it.
SERVE = """
- name: Be there
  ansible.builtin.ping:
  register: _compose_deploy_asked
- name: Fail where the host was lost
  ansible.builtin.fail:
    msg: "{{{{ inventory_hostname }}}} was lost"
  when: _compose_deploy_asked.unreachable | default(false)
- name: Note it
  ansible.builtin.shell: >-
    echo {{{{ inventory_hostname }}}} {{{{ compose_deploy_release }}}} >> {noted}
- name: Fail on one
  ansible.builtin.fail:
    msg: broken on {{{{ inventory_hostname }}}}
  when: inventory_hostname == bad_host and compose_deploy_release == 'new'
- name: Tell that it changed
  ansible.builtin.set_fact:
    _compose_deploy_served: {{changed: true}}
"""
SETTLE = """
- name: Fail on one
  ansible.builtin.fail:
    msg: ill on {{ inventory_hostname }}
  when: inventory_hostname == ill_host | default('') and compose_deploy_release == 'new'
"""
LOCK = """
- name: Lose the lock before one host
  ansible.builtin.fail:
    msg: the lock is lost
  when: inventory_hostname == lost_before | default('')
"""
RECORDED = """
- name: Note the record
  ansible.builtin.shell: >-
    echo recorded {verdict} {{{{ _release_isolated | default([]) | join(" ") }}}} | xargs >> {noted}
"""
NOTHING = """
- name: Do nothing
  ansible.builtin.meta: noop
"""
OLD, NEW = {"api": "registry.test/api@sha256:1"}, {"api": "registry.test/api@sha256:2"}
GIVEN = {
    "project": "shop",
    "env": "qa",
    "protected": False,
    "operation": "deploy",
    "aws_region": "us-east-1",
    "hostname": "nowhere.invalid",
    "resource_prefix": "shop-qa",
    "resource_tags": {},
    "app_services": {"api": {"port": 3000, "paths": []}},
    "deploy_batch": "2",
    "_release_name": "new",
    "_release_images": NEW,
    "_release_records": {},
    "_release_current": {"release": "old", "images": OLD},
    **UNPREPARED,
}


@pytest.fixture
def switch(tmp_path):
    """A function that runs switch.yml on three hosts; gives the run and what was noted."""
    noted = tmp_path / "noted"
    tasks = {
        "lock/tasks/check.yml": LOCK,
        "compose_deploy/tasks/serve.yml": SERVE.format(noted=noted),
        "compose_deploy/tasks/settle.yml": SETTLE,
        "compose_deploy/tasks/look.yml": NOTHING,
        "compose_deploy/tasks/prepare.yml": NOTHING,
        "migration/tasks/apply.yml": NOTHING,
        "release/tasks/begun.yml": NOTHING,
        "release/tasks/failed.yml": RECORDED.format(noted=noted, verdict="bad"),
        "release/tasks/record.yml": RECORDED.format(noted=noted, verdict="good"),
    }
    for name, text in tasks.items():
        path = tmp_path / "roles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---{text}")
    for role in ("database", "deploy"):
        (tmp_path / "roles" / role).symlink_to(ROOT / "roles" / role)
    local = {**HOST, "ansible_become": False}
    # Nobody listens there: the host is unreachable.
    gone = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}

    def run(bad_host="none", lost_host="", components=(), **more):
        hosts = {
            name: (gone if name in lost_host.split() else local) | {"ec2_instance_id": f"i-{name}"}
            for name in ("one", "two", "three")
        }
        given = dict(GIVEN, bad_host=bad_host, **more)
        variables = {
            "compose_deploy_release": "new",
            "compose_deploy_images": given["_release_images"],
        }
        inventory = tmp_path / "hosts.json"
        app = {"hosts": hosts, "vars": variables}
        parts = {"hosts": dict.fromkeys(components, local)}
        groups = {"app": app, "components": parts} if components else {"app": app}
        inventory.write_text(json.dumps({"all": {"children": groups}}))
        done = subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "-i", inventory,
             "playbooks/switch.yml", "-e", json.dumps(given)],
            cwd=ROOT, capture_output=True, text=True,
            env=os.environ | {"ANSIBLE_ROLES_PATH": str(tmp_path / "roles")},
        )  # fmt: skip
        return done, noted.read_text().splitlines() if noted.exists() else []

    return run


def test_every_host_switches_the_first_one_alone_and_the_release_is_recorded(switch):
    done, noted = switch()
    assert done.returncode == 0, done.stdout
    assert noted[0] == "one new"
    assert sorted(noted[1:3]) == ["three new", "two new"]
    assert noted[3:] == ["recorded good"]
    assert "batch 1: one" in done.stdout
    assert "batch 2: two, three" in done.stdout


def test_the_way_back_to_what_stands_is_gone_at_once(switch):
    def slots(release: str) -> dict:
        return {"slots": {"blue": {"release": release, "images": NEW}}}

    rollback = {"operation": "rollback", "_compose_deploy_slots": slots("new")}
    done, noted = switch(**rollback)
    assert done.returncode == 0, done.stdout
    assert "batch 1: one, two, three" in done.stdout
    assert sorted(noted[:3]) == ["one new", "three new", "two new"]
    done, _ = switch(**rollback | {"_compose_deploy_slots": slots("older")})
    assert "batch 2: two, three" in done.stdout


def test_a_bad_first_host_leaves_the_others_alone(switch):
    done, noted = switch(bad_host="one")
    assert done.returncode != 0
    assert noted[0] == "one new"
    assert sorted(noted[1:4]) == ["one old", "three old", "two old"]
    assert noted[4:] == ["recorded bad"]
    assert "broken on one" in done.stdout


def test_hosts_that_had_switched_go_back_too(switch):
    done, noted = switch(bad_host="three")
    assert done.returncode != 0
    assert sorted(noted[3:6]) == ["one old", "three old", "two old"]
    assert noted[6:] == ["recorded bad"]
    assert "broken on three" in done.stdout


def test_a_release_that_gets_ill_after_the_switch_goes_back_everywhere(switch):
    done, noted = switch(ill_host="two")
    assert done.returncode != 0
    assert sorted(noted[3:6]) == ["one old", "three old", "two old"]
    assert "ill on two" in done.stdout


def test_a_lost_host_takes_the_others_back_and_is_named(switch):
    done, noted = switch(lost_host="two")
    assert done.returncode != 0
    assert sorted(noted[2:4]) == ["one old", "three old"]
    assert noted[4:] == ["recorded bad i-two"]
    assert "two could NOT be taken back" in done.stdout
    assert "Out of the balancer until a deploy succeeds on it: i-two" in done.stdout


def test_where_no_host_comes_back_none_leaves_the_balancer(switch):
    done, noted = switch(lost_host="one two three")
    assert done.returncode != 0
    assert noted == ["recorded bad"]
    assert "Out of the balancer" not in done.stdout


def test_a_first_release_that_fails_has_nothing_to_go_back_to(switch):
    done, noted = switch(bad_host="one", _release_current={})
    assert done.returncode != 0
    assert noted == ["one new", "recorded bad"]


def test_a_run_that_lost_the_lock_takes_no_further_step(switch):
    done, noted = switch(lost_before="two")
    assert done.returncode != 0
    assert noted == ["one new"]
