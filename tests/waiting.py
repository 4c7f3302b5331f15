"""Waiting in tests: one patience for all.

It is far above what a busy machine with two cores needs, where 30 s were seen for what takes 3 s.
"""

import time
from collections.abc import Callable

PATIENCE = 180.0
"""Seconds after which something that should happen counts as not happening."""


def until(met: Callable[[], object], what: str = "waited for", pause: float = 0.2) -> None:
    """Wait until something is true.

    met: asked every `pause` seconds. what: names it in the failure.
    Errors: AssertionError after PATIENCE.
    """
    end = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < end, f"{what}: not within {PATIENCE:.0f} s"
        time.sleep(pause)
