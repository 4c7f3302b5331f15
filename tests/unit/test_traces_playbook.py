"""Which components of a playbook leave a trace, and are passed over by the next run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INVENTORY = """
components:
  hosts:
    sound: {needs: [], fact: sound_outputs}
    needy: {needs: [sound]}
    changing: {needs: [], changed: true}
    needs_changing: {needs: [changing]}
    other_fact: {needs: [], fact: whatever}
    program: {needs: [], program: "true"}
    failing: {needs: [], fails: true}
    warning: {needs: [], warns: true}
  vars:
    ansible_connection: groundwork.aws.warm
    ansible_warm_collections: []
    ansible_warm_libraries: [botocore.client]
    ansible_warm_services: []
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
"""
PLAY = """
- hosts: components
  gather_facts: false
  tasks:
    - groundwork.aws.component_traces:
        graph: >-
          {{ dict(groups.components | zip(groups.components | map('extract', hostvars, 'needs'))) }}
        facts: {project: p, environment: e}
        options_file: "{{ playbook_dir }}/options.yml"
      register: look
      run_once: true
- hosts: "components{% for name in hostvars.sound.look.components %}:!{{ name }}{% endfor %}"
  gather_facts: false
  vars: {_converges: true}
  tasks:
    - ansible.builtin.ping:
      changed_when: changed | default(false)
    - ansible.builtin.command: "{{ program }}"
      when: program is defined
      changed_when: false
    - ansible.builtin.set_fact: {"{{ fact }}": {id: 1}}
      when: fact is defined
    - warner:
      when: warns | default(false)
    - ansible.builtin.fail:
      when: fails | default(false)
      ignore_errors: true
- hosts: components
  gather_facts: false
  vars: {_converged: true}
  tasks: [ansible.builtin.debug: ]
"""


WARNER = """
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({}, supports_check_mode=True)
module.warn("AWS cannot deliver")
module.exit_json()
"""


@pytest.fixture
def play(tmp_path):
    """Runs the playbook; returns who was gone through, and everything that was said."""
    (tmp_path / "hosts.yml").write_text(INVENTORY)
    (tmp_path / "play").mkdir()
    (tmp_path / "play" / "play.yml").write_text(PLAY)
    (tmp_path / "play" / "options.yml").write_text("release: {}\n")
    (tmp_path / "play" / "library").mkdir()
    (tmp_path / "play" / "library" / "warner.py").write_text(WARNER)
    (tmp_path / "ansible.cfg").write_text(
        f"[defaults]\ncollections_path = {ROOT}/collections\nroles_path = play\n"
        f"action_plugins = {ROOT}/plugins/action\npipelining = true\n"
        "callbacks_enabled = groundwork.aws.preload, groundwork.aws.traces\n"
    )

    def run(*arguments: str) -> tuple[set[str], str]:
        program = Path(sys.executable).with_name("ansible-playbook")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
        done = subprocess.run(
            [program, "play/play.yml", "-i", "hosts.yml", "-vv", *arguments],
            cwd=tmp_path,
            env={**kept, "ANSIBLE_HOME": str(tmp_path / "home"), "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        part = said.partition("TASK [ansible.builtin.ping]")[2].partition("TASK [")[0]
        return set(re.findall(r"(?:ok|changed): \[(\w+)\]", part)), said

    return run


def traced(folder: Path) -> set[str]:
    found = list(folder.glob("home/groundwork/traces/*.json"))
    return set(json.loads(found[0].read_text())["components"]) if found else set()


EVERYBODY = {
    *("sound", "needy", "changing", "needs_changing"),
    *("other_fact", "program", "failing", "warning"),
}


def test_what_left_a_trace_is_passed_over_until_something_is_another(play, tmp_path):
    ran, said = play()
    assert ran == EVERYBODY
    for name, why in {
        "changing": "something changed",
        "other_fact": "it sets the fact whatever",
        "program": "nobody heard what ansible.builtin.command did",
        "failing": "something failed",
        "warning": "something warned",
    }.items():
        assert re.search(f"{name} leaves no trace: .*{why}", said), said
    assert traced(tmp_path) == {"sound", "needy", "needs_changing"}
    # Who needs what is not in step is gone through. An option of a command is none of a component's
    # variables; any other is.
    again, said = play("-e", "release=x")
    assert again == EVERYBODY - {"sound", "needy"}
    assert "what it needs is not in step" in said
    assert play("-e", "size=x")[0] == EVERYBODY
    # Each set of variables has its own.
    assert play()[0] == again
    # Parts of a run neither take traces nor leave any.
    assert play("--skip-tags", "none")[0] == EVERYBODY
    (tmp_path / "play" / "more.yml").write_text("a: 1")
    assert play()[0] == EVERYBODY
    assert play()[0] == again
    # A look that fails is no failure.
    (tmp_path / "play" / "options.yml").write_text("[")
    assert play()[0] == EVERYBODY


def test_a_plans_trace_does_not_serve_a_run(play):
    assert play("--check")[0] == EVERYBODY
    again = play("--check")[0]
    # A command is not run in a plan, so nothing is missing there.
    assert again == EVERYBODY - {"sound", "needy", "program"}
    assert play()[0] == EVERYBODY
    assert play()[0] == again | {"program"}
    assert play("--check")[0] == again
