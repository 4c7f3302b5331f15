"""How a task's resources reach the callbacks: past loops and no_log, and into no variable."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
CALLBACK = """
import json
from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import resources_of

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "told"

    def v2_runner_on_ok(self, result):
        for item in resources_of(result):
            print("TOLD", json.dumps([result.task.get_name(), item]))

    v2_runner_item_on_ok = v2_runner_on_ok

    def v2_runner_on_failed(self, result, ignore_errors=False):
        print("FAILED", result.result)
"""
PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars: {known_after_apply: (known after apply)}
  tasks:
    - name: One
      amazon.aws.ec2_vpc_net: {name: shop, cidr_block: "{{ known_after_apply }}"}
      register: one
    - name: Hidden
      amazon.aws.rds_instance:
        id: shop
        kms_key_id: "{{ known_after_apply }}"
        master_user_password: hunter2
      no_log: true
    - name: Several
      amazon.aws.ec2_security_group:
        name: "{{ item }}"
        vpc_id: "{{ known_after_apply }}"
      loop: [app, database]
      register: several
    - name: Not called a change
      amazon.aws.ec2_vpc_net: {name: shop, cidr_block: "{{ known_after_apply }}"}
      changed_when: false
    - name: A question
      ansible.builtin.debug: {msg: "{{ known_after_apply }}"}
    - name: Nothing is registered
      ansible.builtin.assert:
        that: "'_groundwork' not in (one | to_json ~ several | to_json)"
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, list[dict]]:
    folder = tmp_path_factory.mktemp("told")
    (folder / "told.py").write_text(CALLBACK)
    (folder / "play.yml").write_text(PLAYBOOK)
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(folder / "play.yml")]
    done = subprocess.run(
        [*command, "-i", "localhost,", "-c", "local", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "ANSIBLE_CALLBACK_PLUGINS": str(folder),
            "ANSIBLE_STDOUT_CALLBACK": "told",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hunter2" not in done.stdout
    found: dict[str, list[dict]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("TOLD "):
            task, resource = json.loads(line.removeprefix("TOLD "))
            found.setdefault(task, []).append(resource)
    return found


def test_a_task_tells_its_resource(told):
    assert [(r["type"], r["name"], r["action"]) for r in told["One"]] == [("vpc", "shop", "create")]


def test_each_item_of_a_loop_tells_its_own(told):
    assert [r["name"] for r in told["Several"]] == ["app", "database"]


def test_a_hidden_task_tells_its_resource_too(told):
    assert [(r["type"], r["name"]) for r in told["Hidden"]] == [("db_instance", "shop")]


def test_what_is_not_called_a_change_is_none(told):
    assert [r["action"] for r in told["Not called a change"]] == ["unchanged"]


def test_what_manages_nothing_tells_nothing(told):
    assert "A question" not in told
