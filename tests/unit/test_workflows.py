"""Workflows run the project's own verbs, with options that the preflight knows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit import judged

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / ".github/workflows", ROOT / "examples/app/.github/workflows")
WORKFLOWS = [path for folder in FOLDERS for path in sorted(folder.glob("*.yml"))]
PINNED = re.compile(r"uses: ([\w-]+/[\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$")
# What a job's environment gives, as it may look there.
GIVEN = {
    "INVENTORY": "inventories/qa",
    "RELEASE": "",
    "GITHUB_WORKSPACE": "/tmp",
    "GITHUB_STEP_SUMMARY": "/tmp/page.md",
    "RUNNER_TEMP": "/tmp",
}
FLAGS = {"--check", "--diff"}


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


COMMANDS = sorted(
    {
        (path.relative_to(ROOT).as_posix(), step["run"])
        for path in WORKFLOWS
        for job in load(path)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    }
)


def words(command: str) -> list[str]:
    """A command as a shell splits it, with the variables of a job; an unknown one is an error."""
    return shlex.split(re.sub(r"\$(\w+)", lambda found: GIVEN[found[1]], command))


def options(arguments: list[str]) -> dict[str, str]:
    """What ansible-playbook is given with -e; other arguments are those that every verb takes."""
    given, rest = {}, iter(arguments)
    for word in rest:
        if word == "-e":
            name, _, value = next(rest).partition("=")
            given[name] = value
        elif word == "-i":
            assert next(rest) == GIVEN["INVENTORY"]
        else:
            assert word in FLAGS, word
    return given


def check_playbook(arguments: list[str]) -> None:
    """A verb with an inventory, and with options that the preflight lets pass."""
    playbook, rest = arguments[0], arguments[1:]
    assert (ROOT / playbook).is_file(), playbook
    operations = yaml.safe_load((ROOT / "roles/preflight/rules/operations.yml").read_text())
    assert Path(playbook).stem in operations
    found = judged.findings([ROOT / GIVEN["INVENTORY"]], options(rest))
    assert not found, found


def check_stage(arguments: list[str]) -> None:
    """docker build --target STAGE FOLDER, of the application."""
    assert arguments[:2] == ["build", "--target"], arguments
    text = (ROOT / "examples/app" / arguments[3] / "Dockerfile").read_text()
    assert re.search(rf"^FROM .* AS {arguments[2]}$", text, re.M | re.I), arguments


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_a_command_is_a_verb_that_there_is(path: str, command: str) -> None:
    program, *arguments = words(command)
    if program == "sudo":
        program, *arguments = arguments
    if program == "make":
        assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.M), command
    elif program == "docker":
        check_stage(arguments)
    elif program == ".venv/bin/ansible-playbook":
        check_playbook(arguments)
    else:
        assert os.access(ROOT / program, os.X_OK), f"{path}: {command}"
        assert program == ".ci/run", f"{program} is no verb of the project"


def test_a_mistyped_option_of_a_workflow_would_be_found() -> None:
    with pytest.raises(AssertionError):
        check_playbook(["playbooks/scan.yml", "-i", "inventories/qa", "-e", "summery_file=x"])


def test_actions_are_pinned_by_commit_to_one_version_everywhere() -> None:
    lines = [
        line for path in WORKFLOWS for line in re.findall(r"uses: .*$", path.read_text(), re.M)
    ]
    assert [line for line in lines if not PINNED.fullmatch(line)] == []
    pins = {tuple(PINNED.findall(line)[0]) for line in lines}
    assert len(pins) == len({action for action, _ in pins})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_may_little_and_ends_by_itself(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert "group" in workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] and job["permissions"]
        # Whoever can ask AWS for a role does so in an environment, which its trust policy names.
        assert ("id-token" in job["permissions"]) == ("environment" in job)
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def ci_ssh(home: Path, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts/ci-ssh"],
        env={"PATH": os.environ["PATH"], "HOME": str(home), **given},
        capture_output=True,
        text=True,
    )


def test_a_pipelines_key_is_put_where_a_run_looks(tmp_path: Path) -> None:
    made = tmp_path / "made"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", made], check=True)
    # As a secret is pasted: without its last line's end.
    given = {"SSH_PRIVATE_KEY": made.read_text().rstrip(), "SSH_KNOWN_HOSTS": "i-1 ssh-ed25519 A"}
    done = ci_ssh(tmp_path, **given)
    assert done.returncode == 0, done.stderr
    key = tmp_path / ".ssh/id_ed25519"
    assert key.stat().st_mode & 0o777 == 0o600
    assert (
        key.with_suffix(".pub").read_text().split()[1]
        == made.with_suffix(".pub").read_text().split()[1]
    )
    assert (tmp_path / ".ssh/groundwork_known_hosts").read_text() == "i-1 ssh-ed25519 A\n"
    assert "BEGIN" not in done.stdout + done.stderr

    again = ci_ssh(tmp_path, **given)
    assert again.returncode == 1 and "left alone" in again.stderr


@pytest.mark.parametrize(("key", "says"), [("", "is empty"), ("nonsense", "no private key")])
def test_without_a_key_it_says_what_is_missing(tmp_path: Path, key: str, says: str) -> None:
    done = ci_ssh(tmp_path, SSH_PRIVATE_KEY=key)
    assert done.returncode == 1 and says in done.stderr
    assert not (tmp_path / ".ssh/id_ed25519").exists()
