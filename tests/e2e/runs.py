"""Runs of ansible-playbook as a user types them."""

from __future__ import annotations

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


def refused(environment, *arguments: str) -> str:
    """What a run says that must fail."""
    with pytest.raises(AssertionError) as caught:
        play(environment, *arguments)
    return str(caught.value)
