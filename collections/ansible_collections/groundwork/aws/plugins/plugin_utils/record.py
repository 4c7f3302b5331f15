# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The record that a run leaves: who did what, when, from which commit, how it ended."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = 1
# A message longer than this is cut: a record is for the eye, the output of a run for the rest.
_LONGEST = 500


def commit(folder: Path) -> tuple[str, bool]:
    """The commit that is checked out in `folder`, and whether files differ from it; ("", False) without git."""
    try:
        done = subprocess.run(
            [
                "git",
                "-C",
                str(folder),
                "describe",
                "--always",
                "--dirty",
                "--abbrev=40",
                "--exclude=*",
            ],
            capture_output=True,
            text=True,
        )
    except OSError:
        return "", False
    name = done.stdout.strip()
    return name.removesuffix("-dirty"), name.endswith("-dirty")


def moment(seconds: float) -> datetime:
    """A time in seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def key(started: float, run: str) -> str:
    """The record's key in the state bucket: sorted by key is sorted by time."""
    return f"runs/{moment(started):%Y%m%dT%H%M%SZ}-{run}.json"


def short(failures: list[dict[str, str]]) -> list[dict[str, str]]:
    """Failures as a plan has them, their messages on one line and cut; the same words of a host once."""
    told: dict[tuple[str, str], dict[str, str]] = {}
    for failure in failures:
        text = " ".join(failure["message"].split())
        if len(text) > _LONGEST:
            text = f"{text[: _LONGEST - 1]}…"
        told.setdefault((failure["host"], text), {**failure, "message": text})
    return list(told.values())


def record(
    taken: dict[str, Any], run: dict[str, Any], duration: float, verdict: str
) -> dict[str, Any]:
    """The record of a run.

    `taken` is what the action plugin noted of the lock, `run` what the callback knows (operation,
    playbook, limit, commit, dirty, totals, failed), `duration` in seconds. The verdict is V(ok),
    V(failed), V(interrupted) or V(lost-lock).
    """
    started = taken["started"]
    return {
        "version": FORMAT,
        "run": taken["run"],
        **{name: taken["holder"].get(name) for name in ("user", "host", "pid", "ci_url")},
        "epoch": taken["epoch"],
        "started": f"{moment(started):%Y-%m-%dT%H:%M:%SZ}",
        "finished": f"{moment(started + duration):%Y-%m-%dT%H:%M:%SZ}",
        "duration": round(duration, 1),
        "verdict": verdict,
        **run,
    }
