# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Starts the keeper of a run's lock as a fork of this process, which has imported what the keeper needs."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn


def start(task: dict[str, Any]) -> int:
    """Start it, and return its process id at once.

    `task`: what the keeper's `keep` takes, and the path of its `program`. It is in a session of its
    own: Ctrl-C and Ctrl-Z are for ansible-playbook, the keeper sees them by looking.
    """
    pid = os.fork()
    return pid or _become(task)


def _become(task: dict[str, Any]) -> NoReturn:
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        folder = Path(task["folder"])
        folder.mkdir(mode=0o700, exist_ok=True)
        nothing = os.open(os.devnull, os.O_RDWR)
        log = os.open(folder / "keeper.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for target, source in enumerate((nothing, nothing, log)):
            os.dup2(source, target)
        # Nobody may wait for the end of what they share with it.
        for descriptor in map(int, os.listdir("/dev/fd")):
            if descriptor > 2:
                with suppress(OSError):  # the one by which they were listed
                    os.close(descriptor)
        spec = importlib.util.spec_from_file_location("groundwork_keeper", task["program"])
        assert spec and spec.loader
        program = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(program)
        program.keep(task)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)
