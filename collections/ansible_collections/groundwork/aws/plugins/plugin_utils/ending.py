# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The end of a run that took the lock: its record is kept, its lock released.

The keeper says it to AWS, which has its clients at hand by then. Where it is gone, or stopped, or
does not answer, it is ended, and this process says it.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import processes
from ansible_collections.groundwork.aws.plugins.plugin_utils.lock_files import LockFiles

# In seconds: how long the keeper may take to end, and to say farewell where AWS hardly answers.
_PATIENCE = 5.0
_FAREWELL = 180.0


def stop_keeper(files: LockFiles) -> None:
    """End the keeper, so that no renewal comes after the release."""
    keeper = files.read("keeper")
    if not keeper:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + _PATIENCE
        condition = processes.condition(keeper["pid"], keeper["start"])
        if condition == "gone":
            return
        # A stopped process takes no other signal.
        os.kill(keeper["pid"], signal.SIGKILL if condition == "stopped" else number)
        while time.monotonic() < until:
            if processes.condition(keeper["pid"], keeper["start"]) == "gone":
                return
            time.sleep(0.02)


def ask_keeper(files: LockFiles, key: str, record: dict[str, Any] | None) -> dict[str, str] | None:
    """Have the keeper say farewell (see `Farewell.say`), after which it ends; None where it did not."""
    keeper = files.read("keeper")
    if not keeper:
        return None
    files.write("ending", {"key": key, "record": record})
    until = time.monotonic() + _FAREWELL
    while time.monotonic() < until:
        # Asked in this order: what a keeper said last is there once it is gone.
        condition = processes.condition(keeper["pid"], keeper["start"])
        said = files.read("ended")
        if said or condition != "running":
            return said
        time.sleep(0.01)
    return None


def farewell(files: LockFiles, key: str, record: dict[str, Any] | None) -> dict[str, str]:
    """Keep the record, if there is one, and release the lock; trouble with either."""
    said = ask_keeper(files, key, record)
    if said is not None:
        return said
    stop_keeper(files)
    from ansible_collections.groundwork.aws.plugins.module_utils import lock, server_clock
    from ansible_collections.groundwork.aws.plugins.plugin_utils.farewell import Farewell

    return Farewell(files.read("lock") or {}, lock, server_clock).say(key, record)
