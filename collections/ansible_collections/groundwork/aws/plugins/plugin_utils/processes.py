# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Whether a process still lives, is stopped or gone. Imports nothing of Ansible: the keeper uses it."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PROC = Path("/proc")


def _from_proc(pid: int) -> tuple[str, str] | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The second field is the command in parentheses, and may hold spaces and parentheses itself.
    fields = text.rpartition(")")[2].split()
    return fields[0], fields[19]


def _from_ps(pid: int) -> tuple[str, str] | None:
    done = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    state, _, start = done.stdout.strip().partition(" ")
    return (state[0], start.strip()) if state else None


def _look(pid: int) -> tuple[str, str] | None:
    # A container may hide other processes of /proc, but never one's own.
    return _from_proc(pid) if (_PROC / "self" / "stat").exists() else _from_ps(pid)


def started(pid: int) -> str:
    """When a process started, as a word to compare: with the id it names a process for ever."""
    found = _look(pid)
    return found[1] if found else ""


def condition(pid: int, start: str) -> str:
    """V(running), V(stopped) or V(gone): the process `pid` that started at `start` (see started)."""
    found = _look(pid)
    if not found or found[1] != start or found[0] in "ZX":
        return "gone"
    return "stopped" if found[0] in "Tt" else "running"
