# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Ctrl-C is heard whenever it comes.

Ansible's handler tells its workers and raises KeyboardInterrupt. Python ignores an exception inside
the functions that run around a fork (`os.register_at_fork`; logging has some), and Ansible forks for
each task: a signal at that moment would be lost, and the next one would kill the run with its lock
held. A worker that is told before it has a handler of its own would lose it in the same way, do its
task, and keep the run waiting for it. And where Ansible has closed a worker and not yet made the
next one, its handler would call the signal a bug.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any

# Seconds until a fork is over.
SOON = 0.05
START = "multiprocessing/process.py"


def around_a_fork(frame: FrameType | None) -> bool:
    """Whether this frame, or one that called it, starts a process of multiprocessing: it is nobody's child yet."""
    while frame:
        if frame.f_code.co_name == "start" and frame.f_code.co_filename.endswith(START):
            return True
        frame = frame.f_back
    return False


def heed(process: int) -> None:
    """Put off a SIGINT that comes to `process`, this one, around a fork; else Ansible handles it.

    A child that has no handler of its own yet ends.
    """
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        return

    def again(number: int, frame: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def put_off() -> None:
        signal.signal(signal.SIGALRM, again)
        signal.setitimer(signal.ITIMER_REAL, SOON)

    def interrupted(number: int, frame: FrameType | None) -> None:
        if os.getpid() != process:
            os._exit(1)
        if around_a_fork(frame):
            put_off()
            return
        try:
            handler(number, frame)
        except ValueError:  # a worker that Ansible has closed, and not yet replaced by the next
            signal.signal(signal.SIGINT, interrupted)
            put_off()

    signal.signal(signal.SIGINT, interrupted)
