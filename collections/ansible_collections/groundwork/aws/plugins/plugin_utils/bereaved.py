# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Workers end with the run that was killed.

A worker holds both ends of the pipe in which it tells its result. Where `kill -9` took the main process, nobody
reads it any more, and nothing breaks either: a result that is longer than the pipe is waited with for ever. Linux
tells a child of its parent's death, if asked.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# <linux/prctl.h>
PR_SET_PDEATHSIG = 1


def end_with_this_process() -> None:
    """From now on, a process that this one forks gets SIGTERM when this one dies, as Ansible ends its workers.

    Processes that are started otherwise (subprocess), or forked by the forked, live on. Elsewhere than on Linux
    nothing happens.
    """
    if sys.platform != "linux":
        return
    prctl, main = ctypes.CDLL(None).prctl, os.getpid()
    forking = main

    def note() -> None:
        nonlocal forking
        forking = os.getpid()

    def follow() -> None:
        if forking != main:
            return
        # Until Ansible sets its own, the handler would be the main process's, which ends a run in good order.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != main:
            os._exit(1)

    os.register_at_fork(before=note, after_in_child=follow)
