"""A task whose arguments are only known after apply."""

import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    announcement,
    mentions_placeholder,
)

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars: {known_after_apply: (known after apply)}
  tasks:
    - name: Make
      ansible.builtin.file:
        path: "{{ folder.path | default(known_after_apply) }}/x"
        state: touch
      register: made
    - name: Show
      ansible.builtin.debug:
        msg: "made is {{ made.dest | default(known_after_apply) }}"
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("(known after apply)", True),
        ("arn:aws:iam::1:role/(known after apply)", True),
        ({"a": [{"b": "(known after apply)"}]}, True),
        ({"(known after apply)": 1}, True),
        ("known after apply", False),
        ({"a": [1, None, True, "x"]}, False),
    ],
)
def test_the_placeholder_is_found_wherever_it_stands(value, expected):
    assert mentions_placeholder(value) is expected


def play(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess:
    (tmp_path / "play.yml").write_text(PLAYBOOK)
    command = [str(Path(sys.executable).with_name("ansible-playbook")), str(tmp_path / "play.yml")]
    return subprocess.run(
        [*command, "-i", "localhost,", "-c", "local", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_plan_announces_the_task_and_goes_on(tmp_path):
    planned = play(tmp_path, "--check")
    assert planned.returncode == 0, planned.stdout
    assert "~ file (known after apply)/x" in planned.stdout
    assert "made is (known after apply)" in planned.stdout


def test_a_real_run_with_a_placeholder_stops_with_a_reason(tmp_path):
    real = play(tmp_path)
    assert real.returncode != 0
    assert "has not published what this one needs" in real.stdout


def test_a_question_about_what_is_not_there_yet_changes_nothing():
    assert announcement("amazon.aws.ec2_vpc_route_table_info")["changed"] is False
    assert announcement("amazon.aws.ec2_vpc_route_table")["changed"] is True
