# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Ctrl-C is heard whenever it comes.

Ansible's handler raises KeyboardInterrupt. Python ignores an exception inside the functions that
run around a fork (`os.register_at_fork`; logging has some), and Ansible forks for each task: a
signal at that moment would be lost, and the next one would kill the run with its lock held.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any

# Seconds until a fork is over.
SOON = 0.05


def around_a_fork(frame: FrameType | None) -> bool:
    """Whether this frame runs in a function that was called by os.fork of multiprocessing."""
    caller = frame.f_back if frame else None
    while caller:
        if caller.f_code.co_name == "_launch" and "popen_fork" in caller.f_code.co_filename:
            return True
        caller = caller.f_back
    return False


def heed(process: int) -> None:
    """Put off a SIGINT that comes to `process`, this one, around a fork; else Ansible handles it."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        return

    def again(number: int, frame: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def interrupted(number: int, frame: FrameType | None) -> None:
        if os.getpid() == process and around_a_fork(frame):
            signal.signal(signal.SIGALRM, again)
            signal.setitimer(signal.ITIMER_REAL, SOON)
            return
        handler(number, frame)

    signal.signal(signal.SIGINT, interrupted)
