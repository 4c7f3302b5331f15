"""The most memory that a command and all that it starts have at one time."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")
PAUSE = 0.05  # seconds
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt() -> None:
    """Make this process the parent of its descendants that lost theirs, as a keeper does."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(top: int) -> set[int]:
    """The processes below a process."""
    below: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # gone since
            below.setdefault(int(fields[1]), []).append(int(entry.name))
    found, left = set(), [top]
    while left:
        children = below.get(left.pop(), [])
        found.update(children)
        left += children
    return found


def proportional(process: int) -> int:
    """KiB of a process, what it shares divided by those that share it; 0 where it is gone."""
    try:
        text = (PROC / str(process) / "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


@contextmanager
def peak() -> Iterator[list[float]]:
    """MiB at most of what this process starts meanwhile, in the list at the end."""
    adopt()
    before, ended, found = descendants(os.getpid()), threading.Event(), [0.0]

    def look() -> None:
        while not ended.wait(PAUSE):
            now = descendants(os.getpid()) - before
            found[0] = max(found[0], sum(map(proportional, now)) / 1024)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()
