"""One phase of the benchmark as numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.deploy.samples import Chunk, Failure, failures, percentile


@dataclass(frozen=True)
class Switch:
    """A host that was switched: seconds from the command, and seconds of each step on the host."""

    host: str
    after: float
    steps: dict[str, float]

    def start(self) -> float:
        """Seconds of the application's own start."""
        return self.steps.get("start", 0.0)

    def on_host(self) -> float:
        """Seconds of all steps on the host."""
        return sum(self.steps.values())


@dataclass
class Phase:
    """What was done under the load, in how many seconds, and what the load saw."""

    name: str
    chunks: list[Chunk] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    seconds: float | None = None
    problem: str = ""

    def requests(self) -> int:
        """Requests that were sent."""
        return sum(one.stream.count() for one in self.chunks)

    def rate(self) -> float:
        """Requests a second: of each stream over its own time, together."""
        rate = 0.0
        for name in dict.fromkeys(one.stream.name for one in self.chunks):
            mine = [one for one in self.chunks if one.stream.name == name]
            lasted = max(one.begun + one.lasted for one in mine) - min(one.begun for one in mine)
            rate += sum(one.stream.count() for one in mine) / lasted if lasted else 0.0
        return rate

    def failures(self) -> list[Failure]:
        """What failed, in the order in which it was sent."""
        found = [failure for chunk in self.chunks for failure in failures(chunk)]
        return sorted(found, key=lambda one: one.begun)

    def failed(self) -> int:
        """How many requests failed."""
        return sum(one.count for one in self.failures())

    def times(self, stream: str = "") -> list[float]:
        """Milliseconds of the answered requests of a stream, or of all quick ones."""
        return [
            sample.seconds * 1000
            for chunk in self.chunks
            if chunk.stream.name == stream or (not stream and chunk.stream.quick)
            for sample in chunk.samples
        ]

    def last_switch(self) -> float | None:
        """Seconds from the command to the last host's switch."""
        return max((one.after for one in self.switches), default=None)

    def beyond_start(self) -> float | None:
        """The same without the application's own start, of the host where that took longest."""
        last = self.last_switch()
        return None if last is None else round(last - max(o.start() for o in self.switches), 2)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        names = dict.fromkeys(one.stream.name for one in self.chunks)
        return {
            "phase": self.name,
            "problem": self.problem or None,
            "requests": self.requests(),
            "requests_per_second": round(self.rate(), 1),
            "failed": self.failed(),
            "milliseconds": {
                name or "quick": {
                    "p50": percentile(self.times(name), 0.5),
                    "p99": percentile(self.times(name), 0.99),
                    "max": max(self.times(name), default=None),
                }
                for name in ("", *names)
            },
            "seconds": None if self.seconds is None else round(self.seconds, 2),
            "seconds_to_last_switch": self.last_switch(),
            "seconds_beyond_start": self.beyond_start(),
            "switches": [
                {"host": one.host, "after": one.after, "steps": one.steps} for one in self.switches
            ],
            "failures": [vars(one) for one in self.failures()],
        }
