"""What is sound in one start of Ansible is not asked again; everything else is, by itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "scripts" / "lint-syntax"
# Stands for Ansible: notes what it is asked, and dislikes what is broken.
ANSIBLE = """#!/bin/sh
echo "$@" >> asked
for file; do if grep -qs broken "$file"; then exit 4; fi; done
"""
ROLE = "- name: Temporary playbook for role syntax check\n  tasks: [import_role: {name: x}]\n"


@pytest.fixture
def project(tmp_path):
    """A project of two playbooks and a role; a function that asks, and tells who answered."""
    for name, text in {
        "bin/ansible-playbook": ANSIBLE,
        "playbooks/one.yml": "- hosts: all\n",
        "playbooks/two.yml": "- hosts: all\n",
        "playbooks/tasks/part.yml": "- debug:\n",
        "roles/some/tasks/main.yml": "- debug:\n",
        "role.yml": ROLE.replace("[import_role: {name: x}]", "\n  - x:\n     name: roles/some"),
        "other.yml": ROLE.replace("[import_role: {name: x}]", "\n  - x:\n     name: roles/other"),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "bin" / "ansible-playbook").chmod(0o755)
    for words in (("init", "-q"), ("add", "playbooks", "roles")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def run(project: Path, *command: str | Path) -> tuple[int, list[str]]:
    """The exit code, and what Ansible was asked."""
    (project / "asked").unlink(missing_ok=True)
    path = f"{project / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(command, cwd=project, env={**os.environ, "PATH": path})
    asked = project / "asked"
    return done.returncode, asked.read_text().splitlines() if asked.exists() else []


def test_what_is_sound_together_is_asked_once(project):
    code, asked = run(project, PROGRAM, "folder")
    assert code == 0
    assert asked == ["--syntax-check playbooks/one.yml playbooks/two.yml folder/roles/some.yml"]
    ansible = project / "folder" / "ansible-playbook"
    for sound in ("playbooks/one.yml", "role.yml"):
        assert run(project, ansible, "--syntax-check", "-vv", sound) == (0, [])
    assert run(project, ansible, "--syntax-check", "playbooks/two.yml") == (0, [])
    for other in (
        ("--syntax-check", "-vv", "other.yml"),
        ("--syntax-check", "-vv", "playbooks/tasks/part.yml"),
        ("--syntax-check", "-vv", "playbooks/one.yml", "--extra-vars", "{}"),
        ("playbooks/one.yml",),
    ):
        assert run(project, ansible, *other) == (0, [" ".join(other)])


def test_what_is_broken_is_asked_by_itself(project):
    (project / "playbooks" / "two.yml").write_text("broken")
    assert run(project, PROGRAM, "folder")[0] == 0
    ansible = project / "folder" / "ansible-playbook"
    for name, code in (("one", 0), ("two", 4)):
        asked = f"--syntax-check -vv playbooks/{name}.yml"
        assert run(project, ansible, *asked.split()) == (code, [asked])


def test_a_playbook_with_modules_of_its_own_is_asked_by_itself(project):
    (project / "playbooks" / "library").mkdir()
    assert run(project, PROGRAM, "folder")[1] == ["--syntax-check folder/roles/some.yml"]
