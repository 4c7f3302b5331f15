# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""AWS's time, as its answers tell it: an interval in which it surely lies.

A lease is judged by one clock for all. Two controllers may disagree by minutes, so the clock is
AWS's: each answer carries it (HTTP `Date`, whole seconds). This file imports nothing of Ansible:
the keeper, a plain program, uses it too.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

# Goes on while the machine sleeps, so a laptop that was closed finds its lease ended. macOS has no
# CLOCK_BOOTTIME; its CLOCK_MONOTONIC counts sleep already.
_TICKS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def ticks() -> float:
    """Seconds of this machine since it was started; the same in each of its processes."""
    return time.clock_gettime(_TICKS)


class ServerClock:
    """AWS's clock: `low()` has surely come, `high()` surely not passed. In seconds since 1970.

    `told` says whether an answer has told it.
    """

    def __init__(self) -> None:
        self._low = self._high = time.time() - ticks()
        self.told = False

    def observe(self, sent: float, received: float, date: str | None) -> None:
        """Learn from an answer: `ticks()` before the request and after the answer, its `Date`.

        An answer without a date that can be read teaches nothing; before the first, the clock of
        this machine serves.
        """
        try:
            told = parsedate_to_datetime(date or "").timestamp()
        except (TypeError, ValueError):
            return
        self.told = True
        self._low = told - received
        self._high = told + 1 - sent

    def low(self) -> float:
        """The earliest that it can be."""
        return self._low + ticks()

    def high(self) -> float:
        """The latest that it can be."""
        return self._high + ticks()
