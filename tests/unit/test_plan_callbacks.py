"""The callbacks on tiny playbooks: what is folded, what is shown, what is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.unit.warm import HOST, UNPREPARED

ROOT = Path(__file__).parents[2]
HEAD = """
- name: Try
  hosts: all
  gather_facts: false
  vars: {operation: try}
  tasks:
"""
PLAYBOOK = f"""{HEAD}
    - name: A quiet task
      ansible.builtin.command: {{cmd: "echo noise"}}
      changed_when: false
    - name: Speak
      ansible.builtin.debug: {{msg: "hello from {{{{ inventory_hostname }}}}"}}
    - name: Write
      ansible.builtin.copy:
        content: "one\\ntwo\\n"
        dest: "{{{{ folder }}}}/{{{{ item }}}}"
        mode: "0644"
      loop: [a, b]
    - name: Hide
      ansible.builtin.copy: {{content: hunter2, dest: "{{{{ folder }}}}/hidden", mode: "0600"}}
      no_log: true
    - name: Foreseen
      block:
        - name: Break
          ansible.builtin.command: {{cmd: "sh -c 'echo reason >&2; exit 3'"}}
      rescue:
        - name: Explain
          ansible.builtin.debug: {{msg: "it broke: {{{{ ansible_failed_result.stderr }}}}"}}
"""
FAILING = f"""{HEAD}
    - name: Write
      ansible.builtin.copy: {{content: "x", dest: "{{{{ folder }}}}/x", mode: "0644"}}
    - name: Ignore
      ansible.builtin.command: {{cmd: "sh -c 'echo ignored >&2; exit 1'"}}
      ignore_errors: true
    - name: Hide and fail
      ansible.builtin.command: {{cmd: "sh -c 'echo hunter2 >&2; exit 1'"}}
      no_log: true
      when: hidden is defined
    - name: Break
      ansible.builtin.command: {{cmd: "sh -c 'echo the reason >&2; exit {{{{ item }}}}'"}}
      loop: [0, 3]
      changed_when: false
"""


class Ansible:
    """Runs of a playbook in a folder of its own, with our callbacks or others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str, *words: str, **environment: str) -> subprocess.CompletedProcess:
        playbook = self.folder / "try.yml"
        playbook.write_text(text)
        given = {"folder": str(self.folder), **HOST, **UNPREPARED}
        clean = {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": str(self.folder / "home")}
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        return subprocess.run(
            [program, str(playbook), "-i", "here,", "-e", json.dumps(given), *words],
            cwd=ROOT,
            env={**os.environ, **clean, **environment},
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def ansible(tmp_path_factory):
    return Ansible(tmp_path_factory.mktemp("try"))


@pytest.fixture(scope="module")
def done(ansible):
    """A real run, what it wrote as JSON, a plan with --diff of a change to one file; failed runs.

    All but the first add to the page of a job.
    """
    record, plan = ansible.folder / "done.json", ansible.folder / "plan.json"
    page = ansible.folder / "page.md"
    page.write_text("before\n")
    words = ("-e", f"summary_file={page}")
    first = ansible(PLAYBOOK, "-e", f"done_file={record}")
    (ansible.folder / "a").write_text("one\nother\n")
    again = ansible(PLAYBOOK, "--check", "--diff", "-e", f"plan_file={plan}", *words)
    return {
        "first": first,
        "record": json.loads(record.read_text()),
        "again": again,
        "plan": json.loads(plan.read_text()),
        "failed": ansible(FAILING, "-e", "db_password=hunter3", *words),
        "hidden": ansible(FAILING, "-e", "hidden=1", *words),
        "page": page.read_text(),
    }


def test_tasks_are_folded_and_messages_shown(done):
    out = done["first"].stdout
    assert done["first"].returncode == 0, out + done["first"].stderr
    assert "TASK" not in out
    assert "noise" not in out
    assert "here: hello from here" in out
    assert out.strip().splitlines()[-1].startswith("Done: ")


def test_a_rescued_failure_leaves_the_word_to_its_rescue(done):
    out = done["first"].stdout
    assert "it broke: reason" in out
    assert "FAILED" not in out
    assert done["record"]["failed"] == []


def test_each_item_of_a_loop_is_a_resource(done):
    changed = [
        one["name"]
        for group in ("create", "update")
        for one in done["record"]["hosts"]["here"][group]
    ]
    assert [Path(name).name for name in changed] == ["a", "b", "hidden"]


def test_a_plan_with_diff_shows_the_changed_lines_of_a_file(done, ansible):
    out = done["again"].stdout
    assert f"  ~ file {ansible.folder}/a" in out
    assert "-other" in out
    assert "+two" in out
    assert "= unchanged (2)" in out
    assert "Plan: 0 to create, 1 to update, 0 to delete, 2 unchanged." in out


def test_a_plan_is_json_for_its_owner_only(done, ansible):
    assert (ansible.folder / "plan.json").stat().st_mode & 0o777 == 0o600
    assert done["plan"]["check"] is True
    assert done["plan"]["operation"] == "try"
    assert done["plan"]["totals"] == {"create": 0, "update": 1, "delete": 0, "unchanged": 2}


def test_what_no_log_hides_is_nowhere(done):
    for text in (
        done["first"].stdout,
        done["again"].stdout,
        json.dumps(done["plan"]),
        json.dumps(done["record"]),
    ):
        assert "hunter2" not in text


def test_a_failure_is_shown_whole_with_its_place_and_what_to_type(done):
    run = done["failed"]
    out = run.stdout
    assert run.returncode == 2
    assert "FAILED here: Break (3)" in out
    assert "try.yml:17" in out
    assert "the reason" in out
    assert "ignored" not in out
    assert "Stopped: " in out
    assert "Failed: here: Break" in out
    again = out.strip().splitlines()[-1]
    assert again.strip().startswith("ansible-playbook ")
    assert "hunter3" not in out


def test_a_hidden_failure_stays_hidden(done):
    assert done["hidden"].returncode == 2
    out = done["hidden"].stdout
    assert "FAILED here: Hide and fail" in out
    assert "hunter2" not in out


def test_with_v_it_is_ansibles_own_output_and_the_summary(ansible):
    out = ansible(PLAYBOOK, "-v").stdout
    assert "TASK [A quiet task]" in out
    assert "PLAY RECAP" in out
    assert out.strip().splitlines()[-1].startswith(("Done: ", "Nothing to change."))


def test_a_plan_is_written_under_another_stdout_callback_too(ansible):
    plan = ansible.folder / "other.json"
    run = ansible(PLAYBOOK, "--check", "-e", f"plan_file={plan}", ANSIBLE_STDOUT_CALLBACK="default")
    assert "PLAY RECAP" in run.stdout
    assert json.loads(plan.read_text())["version"] == 1


def test_live_lines_leave_no_trace_in_the_end(ansible):
    run = ansible(PLAYBOOK, GROUNDWORK_PROGRESS="live")
    assert run.returncode == 0
    last = run.stdout.rpartition("\x1b[J")[2]
    assert last.strip().splitlines()[-1].startswith(("Done: ", "Nothing to change."))


def test_molecule_and_others_have_their_own_callbacks():
    molecule = yaml.safe_load((ROOT / ".config/molecule/config.yml").read_text())
    assert molecule["ansible"]["env"]["ANSIBLE_STDOUT_CALLBACK"] == "default"


def test_a_summary_is_added_to_a_page(done):
    assert done["again"].returncode == 0
    before, plan, failed, hidden = done["page"].split("### ")
    assert before == "before\n"
    assert "hello from here" in plan and "**Plan: " in plan and "a plan, nothing" in plan
    assert "**Stopped: " in failed and "Failed: here" in failed and "/x" in failed
    assert "no_log" in hidden and "hunter2" not in done["page"]
