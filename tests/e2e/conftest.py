"""The lab's variables, and the environment that site.yml made in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def play(environment: dict[str, str], *arguments: str, timeout: int = 900) -> str:
    """Run ansible-playbook in the lab; returns its output, fails with its end."""
    done = subprocess.run(
        [str(BIN / "ansible-playbook"), "-i", "inventories/qa", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    return output


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The variables with which commands work on the lab."""
    script = f'eval "$({sys.executable} -m lab env)" && env -0'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, check=True)
    told = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if "=" in pair)
    return {
        **os.environ,
        **told,
        "PATH": f"{BIN}:{told['PATH']}",
        "ANSIBLE_NOCOLOR": "1",
    }


@pytest.fixture(scope="session")
def inventory() -> str:
    """The inventory under test."""
    return "inventories/qa"


@pytest.fixture(scope="session")
def site(environment) -> str:
    """Output of site.yml at the highest verbosity, on whatever the lab holds."""
    return play(environment, "site.yml", "-vvv")
