"""A host's SSH session is opened while a run looks at other things, and is the one that serves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
# Stands for ssh: the last word is the command, for a shell at the other end.
SSH = """#!/bin/sh
echo "a session" >>{opened}
for command; do :; done
exec /bin/sh -c "$command"
"""
# Stands for sudo, as root has no need of it.
SUDO = """#!/bin/sh
while :; do case $1 in -u) shift 2 ;; -*) shift ;; *) break ;; esac; done
exec "$@"
"""
INVENTORY = """
all:
  children:
    app:
      hosts: {{one: {{}}}}
      vars:
        ansible_connection: groundwork.aws.warm_ssh
        ansible_python_interpreter: {python}
        ansible_user: "{{{{ 'ad' ~ 'min' }}}}"
"""
PLAYBOOK = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.wait_for: {{path: {opened}, timeout: {patience}}}
- hosts: app
  gather_facts: false
  become: {become}
  tasks:
    - ansible.builtin.ping:
    - ansible.builtin.ping:
"""


DEAD = """#!/bin/sh
echo "a session" >>{opened}
exit 255
"""


def run(tmp_path: Path, ssh: str, become: bool) -> tuple[subprocess.CompletedProcess, list[str]]:
    """A playbook whose first play waits for a session, and the sessions that there were."""
    opened, programs = tmp_path / "opened", tmp_path / "bin"
    programs.mkdir()
    for name, text in (("ssh", ssh.format(opened=opened)), ("sudo", SUDO)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "hosts.yml").write_text(INVENTORY.format(python=sys.executable))
    playbook = PLAYBOOK.format(
        opened=opened, become=str(become).lower(), patience=int(PATIENCE / 2)
    )
    (tmp_path / "play.yml").write_text(playbook)
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", "hosts.yml", "play.yml"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_COLLECTIONS_PATH": f"{ROOT}/collections",
            "ANSIBLE_CALLBACKS_ENABLED": "groundwork.aws.preload",
            "ANSIBLE_SSH_EXECUTABLE": str(programs / "ssh"),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done, opened.read_text().splitlines()


@pytest.mark.parametrize("become", [True, False])
def test_it_is_there_before_its_play_and_it_is_the_only_one(tmp_path, become):
    done, sessions = run(tmp_path, SSH, become)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sessions == ["a session"]


def test_a_host_that_was_not_reached_is_tried_once_more_the_plain_way(tmp_path):
    done, sessions = run(tmp_path, DEAD, become=True)
    assert "UNREACHABLE" in done.stdout
    assert sessions == ["a session"] * 2
