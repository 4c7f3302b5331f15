# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""What a run is doing right now: each component or host of the running play, its step, its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

ACTIONS = ("create", "update", "delete", "unchanged")
# A host that changed nothing gets a line of its own only when it took its time.
WORTH_A_LINE = 5.0
NAME_WIDTH = 24
WORDS_WIDTH = 44


@dataclass
class Work:
    """One host in one play."""

    host: str
    started: float
    step: str = ""
    step_started: float = 0.0
    attempt: int = 0
    ended: float = 0.0
    told: float = 0.0
    failed: bool = False
    # Actions by resource, so that two tasks on one resource count once.
    resources: dict[tuple[str, str], str] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many resources have each action."""
        return {a: sum(1 for one in self.resources.values() if one == a) for a in ACTIONS}


def seconds(elapsed: float) -> str:
    """A time that one can read: 7 s, 2 min 05 s."""
    whole = round(elapsed)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60:02} s"


class Progress:
    """Hosts of the running play; `clock` gives seconds and `words` puts counts into words."""

    def __init__(
        self, words: Callable[[dict[str, int]], str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.label = ""
        self.works: dict[str, Work] = {}
        self._words = words
        self._clock = clock

    def begin(self, label: str) -> None:
        """Another play begins."""
        self.label, self.works = label, {}

    def step(self, host: str, name: str) -> None:
        """A host begins a task."""
        now = self._clock()
        work = self.works.setdefault(host, Work(host, now))
        work.step, work.step_started, work.attempt = name, now, 0
        work.told, work.ended = now, 0.0

    def attempt(self, host: str, number: int) -> None:
        """A host tries its task once more."""
        if host in self.works:
            self.works[host].attempt = number

    def done(self, host: str, failed: bool = False) -> None:
        """A host is through with its task."""
        work = self.works.setdefault(host, Work(host, self._clock()))
        work.ended, work.step = self._clock(), ""
        work.failed = work.failed or failed

    def touched(self, host: str, resource: dict) -> None:
        """A resource of a host became known, be it in the middle of a loop."""
        work = self.works.setdefault(host, Work(host, self._clock()))
        key = (resource["type"], resource["name"])
        if work.resources.get(key, "unchanged") == "unchanged":
            work.resources[key] = resource["action"]

    def lines(self, width: int, most: int) -> list[str]:
        """What hosts do now, a line each, at most `most`."""
        now = self._clock()
        busy = [work for work in self.works.values() if work.step]
        shown = [self._line(work, now)[:width] for work in busy[:most]]
        if len(busy) > most:
            shown[-1] = f"  ... and {len(busy) - most + 1} more"
        return shown

    def _line(self, work: Work, now: float) -> str:
        tries = f", attempt {work.attempt}" if work.attempt else ""
        return (
            f"  {work.host:<{NAME_WIDTH}} {work.step} ({seconds(now - work.step_started)}{tries})"
        )

    def late(self, after: float) -> list[str]:
        """Signs of life of steps that last longer than `after` seconds since the last sign."""
        now = self._clock()
        lines = []
        for work in self.works.values():
            if work.step and now - work.told >= after:
                work.told = now
                lines.append(f"...{self._line(work, now)[1:]}")
        return lines

    def finished(self) -> list[tuple[str, bool]]:
        """A line for each host of the play that ends, first the one that ended first.

        With each line stands whether its host failed. Hosts with nothing to tell get none.
        """
        lines = []
        for work in sorted(self.works.values(), key=lambda work: work.ended):
            took = (work.ended or self._clock()) - work.started
            if not (work.resources or work.failed or took >= WORTH_A_LINE):
                continue
            words = self._words(work.counts()) if work.resources else ""
            told = ", ".join(x for x in ("FAILED" if work.failed else "", words) if x) or "done"
            time_and_play = f"{seconds(took):>12}   {self.label}"
            line = f"{work.host:<{NAME_WIDTH}} {told:<{WORDS_WIDTH}} {time_and_play}"
            lines.append((line.rstrip(), work.failed))
        return lines
