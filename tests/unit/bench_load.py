"""What the tests of the benchmark of deploys have in common."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

from benchmarks.deploy.phase import Switch
from benchmarks.deploy.samples import Chunk, Sample
from benchmarks.deploy.streams import Stream

# Of 24 requests to a server that answered every sixth with 503 and cut every fifth connection.
SAMPLE = Path(__file__).with_name("hey_sample.csv")
STREAM = Stream("new", "/", workers=3, rate=0.8, fresh=True)
LAB = IPv4Address("10.16.1.1")


def chunk(samples=None, begun=1000.0, lasted=10.0, stream=STREAM) -> Chunk:
    if samples is None:
        samples = [Sample(0.001 * (n + 1), 200, 0.1) for n in range(stream.count())]
    return Chunk(stream, begun, lasted, tuple(samples))


def switched(*after: float, start: float = 4.0) -> list[Switch]:
    return [
        Switch(f"h{n}", at, {"start": start, "switch": 0.1}) for n, at in enumerate(after, start=1)
    ]
