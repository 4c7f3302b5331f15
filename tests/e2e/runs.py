"""Runs of ansible-playbook as a user types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# Where the lab keeps its API calls, if it was started with that (scripts/test), and of each run so
# far its arguments and the part of that file that was written meanwhile.
RECORD = os.environ.get("LAB_RECORD")
PLAYED: list[tuple[tuple[str, ...], slice]] = []


def _recorded() -> int:
    return os.path.getsize(RECORD) if RECORD else 0


def play(environment: dict[str, str], *arguments: str, timeout: int = 900) -> str:
    """Run ansible-playbook in the lab; returns its output, fails with its end."""
    before = _recorded()
    done = subprocess.run(
        [str(BIN / "ansible-playbook"), "-i", "inventories/qa", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    PLAYED.append((arguments, slice(before, _recorded())))
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    return output


def refused(environment, *arguments: str) -> str:
    """What a run says that must fail."""
    with pytest.raises(AssertionError) as caught:
        play(environment, *arguments)
    return str(caught.value)
