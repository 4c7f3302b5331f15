# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""When each component and host was at work, and which of them the run's length is made of."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from ansible_collections.groundwork.aws.plugins.plugin_utils.progress import seconds

WAITING = "Wait"
"""How the names of tasks begin that only wait (docs/adding-a-component.md)."""
NAME_WIDTH = 24


@dataclass(frozen=True)
class Span:
    """A task of a host: start and end in seconds since the run's start; `play` counts from 0."""

    host: str
    task: str
    play: int
    start: float
    end: float
    waits: bool


@dataclass(frozen=True)
class Leg:
    """A part of the critical path: who was the last one in a play, and how long."""

    label: str
    host: str
    took: float


class Timeline:
    """Spans of a run, fed by a callback. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._zero = clock()
        self.labels: list[str] = []
        self.spans: list[Span] = []
        self._running: dict[str, tuple[str, float, bool]] = {}
        self._waits = False

    def play(self, label: str, waits: bool = False) -> None:
        """Another play begins; `waits`: its tasks are there to wait."""
        self.labels.append(label)
        self._waits = waits
        self._running = {}

    def start(self, host: str, task: str) -> None:
        """A host begins a task."""
        waits = self._waits or task.startswith(WAITING)
        self._running[host] = (task, self._clock() - self._zero, waits)

    def end(self, host: str) -> None:
        """A host is through with its task."""
        began = self._running.pop(host, None)
        if began:
            task, start, waits = began
            now = self._clock() - self._zero
            self.spans.append(Span(host, task, len(self.labels) - 1, start, now, waits))

    @property
    def length(self) -> float:
        """Seconds until the last task ended."""
        return max((span.end for span in self.spans), default=0.0)

    def hosts(self) -> list[str]:
        """Who was at work, in the order of their beginning."""
        return list(dict.fromkeys(s.host for s in sorted(self.spans, key=lambda s: s.start)))

    def of(self, host: str) -> list[Span]:
        """The spans of a host, in order."""
        return [span for span in self.spans if span.host == host]

    def critical(self) -> list[Leg]:
        """Who the run waited for: plays follow each other, so in each of them the one that ended last."""
        legs, before = [], 0.0
        for number, label in enumerate(self.labels):
            spans = [span for span in self.spans if span.play == number]
            if spans:
                last = max(spans, key=lambda span: span.end)
                legs.append(Leg(label, last.host, last.end - before))
                before = last.end
        return legs


def text(timeline: Timeline, width: int, blocks: bool = True) -> list[str]:
    """The timeline as lines of at most `width` columns; `blocks`: characters beyond ASCII can be shown."""
    length = timeline.length
    if not length:
        return []
    work, wait = ("█", "░") if blocks else ("#", "-")
    end = f"{seconds(length)} of which {seconds(length)} waiting  *"
    columns = max(10, min(60, width - NAME_WIDTH - len(end) - 4))
    legs = timeline.critical()
    on_path = {leg.host for leg in legs}
    lines = [
        f"Timeline: {seconds(length)} ({work} at work, {wait} waiting, * on the critical path)"
    ]
    for host in timeline.hosts():
        row, spans = [" "] * columns, timeline.of(host)
        for span in spans:
            first = min(columns - 1, int(span.start / length * columns))
            last = max(first + 1, round(span.end / length * columns))
            row[first:last] = (wait if span.waits else work) * (min(last, columns) - first)
        took = spans[-1].end - spans[0].start
        waited = sum(span.end - span.start for span in spans if span.waits)
        told = seconds(took) + (f", {seconds(waited)} of it waiting" if waited >= 1 else "")
        mark = "  *" if host in on_path else ""
        lines.append(f"  {host:<{NAME_WIDTH}} {''.join(row)} {told}{mark}")
    longest = sorted(legs, key=lambda leg: -leg.took)[:6]
    path = [leg for leg in legs if leg in longest and leg.took >= 0.5]
    told = ", ".join(f"{leg.label} {leg.host} {seconds(leg.took)}" for leg in path)
    return [*lines, f"Critical path, its longest parts: {told}"] if told else lines


def as_json(timeline: Timeline) -> str:
    """The timeline as data: labels of plays, and spans in seconds since the run's start."""
    spans = [asdict(span) for span in timeline.spans]
    return json.dumps({"plays": timeline.labels, "spans": spans}, indent=1) + "\n"


ROW, LEFT, CHART = 22, 210, 760
COLORS = {False: "#2f6f9f", True: "#b9cfe0"}


def svg(timeline: Timeline) -> str:
    """The timeline as a picture."""
    hosts, length = timeline.hosts(), timeline.length or 1.0
    on_path = {leg.host for leg in timeline.critical()}
    height = ROW * (len(hosts) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + CHART + 20}" height="{height}" '
        'font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for tick in range(5):
        x = LEFT + CHART * tick / 4
        parts.append(f'<line x1="{x}" y1="{ROW}" x2="{x}" y2="{height}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{x}" y="15" text-anchor="middle">{seconds(length * tick / 4)}</text>'
        )
    for number, host in enumerate(hosts):
        y = ROW * (number + 1.5)
        weight = ' font-weight="bold"' if host in on_path else ""
        parts.append(f'<text x="8" y="{y + 12}"{weight}>{host}</text>')
        for span in timeline.of(host):
            x, wide = LEFT + span.start / length * CHART, (span.end - span.start) / length * CHART
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{max(wide, 1):.1f}" height="{ROW - 8}" '
                f'fill="{COLORS[span.waits]}"/>'
            )
    return "\n".join([*parts, "</svg>", ""])
