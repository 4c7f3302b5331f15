"""The kinds of requests that make up the load, and hey's command line for each. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

# How long one process of hey runs. None is cut off, so a phase ends with its last chunk.
CHUNK_SECONDS = 10
SLOW_SECONDS = 5
UPLOAD_BYTES = 100_000


@dataclass(frozen=True)
class Stream:
    """One kind of requests: `workers` at a time, each sending `rate` a second.

    A `rate` of 0 sends the next one when the last is answered, which takes `pace` seconds.
    `timeout` is in seconds. `fresh` opens a connection for each request, `upload` sends a body.
    `quick` ones are those whose times are judged.
    """

    name: str
    path: str
    workers: int
    rate: float = 0
    pace: float = 0
    timeout: int = 10
    fresh: bool = False
    upload: bool = False
    quick: bool = True
    expected: tuple[int, ...] = (200,)

    def per_second(self) -> float:
        """Requests a second of all workers."""
        return self.workers * (self.rate or 1 / self.pace)

    def count(self) -> int:
        """Requests of one chunk: a multiple of the workers, since hey rounds down to one."""
        each = self.per_second() * CHUNK_SECONDS / self.workers
        return self.workers * math.ceil(round(each, 6))

    def command(self, address: IPv4Address, host: str, body: Path) -> list[str]:
        """Hey for one chunk. It goes to an address that was checked, and asks there for `host`."""
        words = ["hey", "-o", "csv", "-n", f"{self.count()}", "-c", f"{self.workers}"]
        words += ["-t", f"{self.timeout}", "-host", host, "-disable-redirects"]
        if self.rate:
            words += ["-q", f"{self.rate:g}"]
        if self.fresh:
            words.append("-disable-keepalive")
        elif not self.upload:
            # Over a kept connection hey's library sends a GET without a body again, in silence,
            # where the connection breaks: a failure that nobody would see.
            words += ["-d", "."]
        if self.upload:
            words += ["-m", "POST", "-T", "application/octet-stream", "-D", str(body)]
        return [*words, f"https://{address}{self.path}"]


def streams(path: str, page: str, slow: str, upload: str) -> list[Stream]:
    """The whole load, a little over 200 requests a second.

    `path` is quick to answer, `page` another service's, `slow` takes 5 seconds, `upload` takes a
    POST. An empty one is left out.
    """
    every = [
        Stream("kept", path, workers=12, rate=10),
        Stream("page", page, workers=4, rate=10),
        Stream("new", path, workers=4, rate=10, fresh=True),
        Stream("upload", upload, workers=2, rate=5, upload=True, quick=False),
        Stream("slow", slow, workers=4, pace=SLOW_SECONDS, timeout=20, quick=False),
    ]
    return [one for one in every if one.path]


def total_rate(load: Iterable[Stream]) -> float:
    """Requests a second of the whole load."""
    return sum(one.per_second() for one in load)
