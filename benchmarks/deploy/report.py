"""The phases as a table, against the aims, as JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.deploy.phase import Phase
from benchmarks.deploy.samples import percentile

WARM_UP, QUIET, DEPLOY, ROLLBACK = "warm-up", "quiet", "deploy", "rollback"
# Without the load, since that takes the processors on which Ansible runs here too.
ALONE = ", no load"
HEAD = ("phase", "requests", "per s", "failed", "p50 ms", "p99 ms", "x quiet", "switch s",
        "beyond start s", "on host s", "total s")  # fmt: skip
RATE, LATER = 200, 2.0
BEYOND_START = {1: 15.0, 3: 30.0}
ROLLED_BACK = 5.0
SHOWN = 10


def _told(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _p99(phase: Phase) -> float | None:
    return percentile(phase.times(), 0.99)


def later(phase: Phase, phases: Sequence[Phase]) -> float | None:
    """How many times the quiet phase's 99th percentile a phase's is."""
    quiet = next((_p99(one) for one in phases if one.name == QUIET), None)
    mine = _p99(phase)
    return mine / quiet if mine is not None and quiet else None


def table(phases: Sequence[Phase]) -> list[str]:
    """One line for each phase below a head."""
    rows: list[tuple[str, ...]] = [HEAD]
    for one in phases:
        on_host = max((switch.on_host() for switch in one.switches), default=None)
        rows.append((
            one.name, str(one.requests()), f"{one.rate():.0f}", str(one.failed()),
            _told(percentile(one.times(), 0.5), ".1f"), _told(_p99(one), ".1f"),
            _told(later(one, phases), ".2f"), _told(one.last_switch(), ".1f"),
            _told(one.beyond_start(), ".1f"), _told(on_host, ".1f"), _told(one.seconds, ".1f"),
        ))  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def aims(phases: Sequence[Phase], hosts: int) -> list[tuple[bool, str]]:
    """Each aim: whether it is met, and in words with its number."""
    failed = sum(one.failed() for one in phases)
    found = [(failed == 0, f"failed requests: {failed} (aim: 0)")]
    for one in phases:
        if one.name == WARM_UP:
            continue
        if one.chunks:
            words = f"{one.name}: {one.rate():.0f} requests/s (aim: {RATE})"
            found.append((one.rate() >= RATE, words))
        ratio = later(one, phases)
        if one.name != QUIET and ratio is not None:
            words = f"{one.name}: p99 is {ratio:.2f} times the quiet one (aim: {LATER:g})"
            found.append((ratio <= LATER, words))
        beyond, last = one.beyond_start(), one.last_switch()
        if one.name == DEPLOY + ALONE and beyond is not None:
            aim = BEYOND_START[1 if hosts == 1 else 3]
            words = f"{one.name}: {beyond:.1f} s beyond the application's own start (aim: {aim:g})"
            found.append((beyond <= aim, words))
        if one.name == ROLLBACK + ALONE and last is not None:
            words = f"{one.name}: {last:.1f} s from the command (aim: {ROLLED_BACK:g})"
            found.append((last <= ROLLED_BACK, words))
    return found


def failure_lines(phases: Sequence[Phase]) -> list[str]:
    """What failed, and what did not end as it should; of many failures the first ones."""
    lines = [f"{one.name}: {one.problem}" for one in phases if one.problem]
    for one in phases:
        for failure in one.failures()[:SHOWN]:
            lines.append(
                f"{one.name}: {failure.count} of {failure.stream}, {clock(failure.begun)} to "
                f"{clock(failure.ended)}: {failure.what}"
            )
        if len(one.failures()) > SHOWN:
            lines.append(f"{one.name}: ... and {len(one.failures()) - SHOWN} more, in the JSON")
    return lines


def clock(moment: float) -> str:
    """The time of day in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S.%f")[:-3]


def passed(phases: Sequence[Phase]) -> bool:
    """Whether no request failed and every phase ended as it should."""
    return not any(one.failed() or one.problem for one in phases)


def to_dict(phases: Sequence[Phase], hosts: int) -> dict[str, Any]:
    """All of it for programs."""
    return {
        "version": 1,
        "hosts": hosts,
        "passed": passed(phases),
        "aims": [{"met": met, "aim": words} for met, words in aims(phases, hosts)],
        "phases": [one.to_dict() for one in phases],
    }
