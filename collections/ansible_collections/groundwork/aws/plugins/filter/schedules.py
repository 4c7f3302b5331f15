# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Hours of a month between a schedule's start and its stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleFilterError

DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
WEEK = 7 * 24 * 60
MONTH = 730
FORM = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
EVERY = ("*", "?")


def running_hours(stop: str, start: str) -> float:
    """Hours of a month that runs from each `start` to the `stop` after it, both cron expressions."""
    events = sorted(
        [(minute, 0) for minute in _minutes(stop)] + [(minute, 1) for minute in _minutes(start)]
    )
    running = 0
    for (minute, starts), (after, _) in zip(
        events, [*events[1:], (events[0][0] + WEEK, 0)], strict=True
    ):
        running += (after - minute) * starts
    return round(running * MONTH / WEEK, 1)


def _minutes(expression: str) -> Iterator[int]:
    """The minutes of a week, from Sunday on, at which a cron expression of EventBridge falls."""
    found = FORM.fullmatch(expression)
    if found is None:
        raise AnsibleFilterError(f"running_hours: {expression} is no cron expression of AWS")
    minutes, hours, day, month, weekdays, year = found.groups()
    if {day, month, year} - set(EVERY):
        raise AnsibleFilterError(
            f"running_hours: {expression} is not by the week; say cost_usage: {{running_hours: ...}}"
        )
    for weekday in _numbers(weekdays, 1, 7):
        for hour in _numbers(hours, 0, 23):
            for minute in _numbers(minutes, 0, 59):
                yield ((weekday - 1) * 24 + hour) * 60 + minute


def _numbers(field: str, first: int, last: int) -> list[int]:
    """The numbers of a field: `5`, `1-5`, `MON-FRI`, `1,3`, `*`, `?`, `*/2`."""
    numbers: set[int] = set()
    for part in field.split(","):
        among, _, step = part.partition("/")
        low, _, high = among.partition("-")
        begin = first if low in EVERY else _number(low, field)
        end = last if low in EVERY or (step and not high) else _number(high or low, field)
        if not first <= begin <= last or not first <= end <= last:
            raise AnsibleFilterError(f"running_hours: {field} is beyond {first} to {last}")
        span = (
            range(begin, end + 1)
            if begin <= end
            else [*range(begin, last + 1), *range(first, end + 1)]
        )
        numbers.update(list(span)[:: int(step or 1)])
    return sorted(numbers)


def _number(text: str, field: str) -> int:
    if text.upper() in DAYS:
        return DAYS.index(text.upper()) + 1
    if not text.isdigit():
        raise AnsibleFilterError(f"running_hours: {field} is not understood")
    return int(text)


class FilterModule:
    """Filters about schedules."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"running_hours": running_hours}
