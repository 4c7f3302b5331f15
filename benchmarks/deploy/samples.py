"""What hey tells of a chunk of requests. Pure.

Its CSV has a line for each request that was answered, and none for one that was not: those it only
counts in its summary, which has no times. So every chunk has a known number of requests, and what
has no line had no answer.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass

from benchmarks.deploy.errors import Stop
from benchmarks.deploy.streams import Stream

COLUMNS = ("response-time", "status-code", "offset")


@dataclass(frozen=True)
class Sample:
    """A request that was answered: seconds that it took, its status, when it began in the chunk."""

    seconds: float
    status: int
    offset: float


@dataclass(frozen=True)
class Chunk:
    """One process of hey: when it began (seconds since 1970), how long it ran, what it saw."""

    stream: Stream
    begun: float
    lasted: float
    samples: tuple[Sample, ...]

    def unanswered(self) -> int:
        """Requests without an answer: refused, cut off, too late, or not sent for want of time."""
        return self.stream.count() - len(self.samples)


@dataclass(frozen=True)
class Failure:
    """Requests that failed: how many, of which stream, from when to when, and how."""

    stream: str
    begun: float
    ended: float
    count: int
    what: str


def parse(text: str) -> tuple[Sample, ...]:
    """Read hey's CSV. Raises Stop where it is none, for no line would be no failure."""
    reader = csv.DictReader(io.StringIO(text))
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise Stop(f"hey wrote no CSV but: {text.strip()[:200] or 'nothing'}")
    try:
        return tuple(
            Sample(
                *(kind(row[name]) for name, kind in zip(COLUMNS, (float, int, float), strict=True))
            )
            for row in reader
        )
    except (TypeError, ValueError) as error:
        raise Stop(f"hey's CSV is broken: {error}") from None


def failures(chunk: Chunk) -> list[Failure]:
    """The requests of a chunk that failed. Those without an answer are somewhere in its time."""
    name, missing = chunk.stream.name, chunk.unanswered()
    if missing < 0:
        raise Stop(f"hey tells of {-missing} more requests of {name} than it should send.")
    found = [
        Failure(
            name,
            chunk.begun + one.offset,
            chunk.begun + one.offset + one.seconds,
            1,
            f"status {one.status}",
        )
        for one in chunk.samples
        if one.status not in chunk.stream.expected
    ]
    if missing:
        found.append(Failure(name, chunk.begun, chunk.begun + chunk.lasted, missing, "no answer"))
    return found


def percentile(values: list[float], share: float) -> float | None:
    """The smallest value that `share` (0 to 1) of them do not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]
