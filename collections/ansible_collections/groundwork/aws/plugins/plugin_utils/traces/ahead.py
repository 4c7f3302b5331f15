# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The questions of the newest traces, asked in a child process while the run begins.

The preflight and the lock take as long as the answers do. Those hold in a plan; in a run they hold where no other
run had the environment's lock since they were asked for, which the lock's epoch tells.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible import constants

Answers = dict[str, str | None]
Told = dict[str, Any]


def _place() -> Path:
    """A file of this run, in the folder that Ansible makes and deletes for each run."""
    return Path(constants.DEFAULT_LOCAL_TMP, "asked-ahead.json")


def begin(ask: Callable[[], Told]) -> None:
    """Have `ask` called in a child of this process, whose result `told` returns. Raises OSError."""
    out = os.open(_place(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    # Locked before the child is there, so that nobody finds the file free and empty.
    fcntl.flock(out, fcntl.LOCK_EX)
    if os.fork():
        os.close(out)
        return
    try:
        found = json.dumps(ask())
        with os.fdopen(out, "w", encoding="utf-8") as file:
            file.write(found)
    finally:
        os._exit(0)


def told() -> Told:
    """What the child found, once it has ended; nothing where there is none, or it failed."""
    try:
        with _place().open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return json.load(file)
    except (OSError, ValueError):
        return {}


def holding(found: Mapping[str, Any], path: str, lock: Mapping[str, Any] | None) -> Answers:
    """The answers that hold now. path: of the traces; lock: that of this run, None where it takes none, as in a plan."""
    if found.get("path") != path:
        return {}
    if lock is not None and (lock["watch"] or lock["epoch"] - 1 != found["epoch"]):
        return {}
    return found["answers"]
