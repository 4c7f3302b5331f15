# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Where a run's time went, task by task, over all components and hosts."""

from __future__ import annotations

from collections import defaultdict

from ansible_collections.groundwork.aws.plugins.plugin_utils.timeline import Span, Timeline

SHOWN = 25
"""Tasks that are listed by name; the others are added up in one line."""


def busy(spans: list[Span]) -> float:
    """Seconds in which any task was at work: tasks side by side count once."""
    total, until = 0.0, 0.0
    for span in sorted(spans, key=lambda span: span.start):
        total += max(0.0, span.end - max(until, span.start))
        until = max(until, span.end)
    return total


def text(timeline: Timeline, width: int) -> list[str]:
    """Lines of at most `width` columns: the longest tasks first, then what no task was at work in."""
    by_task: dict[str, list[Span]] = defaultdict(list)
    for span in timeline.spans:
        by_task[span.task].append(span)
    if not by_task:
        return []
    order = sorted(by_task, key=lambda task: -_sum(by_task[task]))
    room = max(20, min(64, width - 52))
    head = "tasks"
    lines = [f"{head:<{room}}  {'seconds':>8}  {'times':>5}  {'longest':>8}  at"]
    for task in order[:SHOWN]:
        lines.append(_line(_cut(task, room), by_task[task], room))
    others = [span for task in order[SHOWN:] for span in by_task[task]]
    if others:
        lines.append(_line(f"{len(order) - SHOWN} others", others, room))
    idle = timeline.length - busy(timeline.spans)
    return [*lines, f"{'between tasks, with none at work':<{room}}  {idle:8.2f}"]


def _line(name: str, spans: list[Span], room: int) -> str:
    longest = max(spans, key=_length)
    return f"{name:<{room}}  {_sum(spans):8.2f}  {len(spans):5}  {_length(longest):8.2f}  {longest.host}"


def _cut(name: str, room: int) -> str:
    return name if len(name) <= room else f"{name[: room - 3]}..."


def _sum(spans: list[Span]) -> float:
    return sum(map(_length, spans))


def _length(span: Span) -> float:
    return span.end - span.start
