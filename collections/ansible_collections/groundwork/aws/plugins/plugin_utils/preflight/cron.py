# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""AWS's cron expressions, of EventBridge and of AWS Backup."""

from __future__ import annotations

import re

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Fields of AWS's cron expressions: name, least, most, words, and what else one may be.
CRON = (
    ("minute", 0, 59, (), ""),
    ("hour", 0, 23, (), ""),
    ("day of the month", 1, 31, (), r"\?|L|LW|([1-9]|[12][0-9]|3[01])W"),
    ("month", 1, 12, MONTHS, ""),
    ("weekday", 1, 7, WEEKDAYS, r"\?|L|([1-7]|" + "|".join(WEEKDAYS) + r")(L|#[1-5])"),
    ("year", 1970, 2199, (), ""),
)
WRITE = "Write it as in cron(0 20 ? * MON-FRI *)."


def cron(text: str) -> tuple[str, str] | None:
    """AWS's cron expression: cron(minutes hours day month weekday year), one of the days as ?."""
    found = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", text)
    if not found:
        says = f"{text!r} is not a cron expression of six fields (minutes, hours, day, month, weekday, year)"
        return says, WRITE
    for (name, low, high, words, extra), field in zip(CRON, found.groups(), strict=True):
        if not _is_cron_field(field.upper(), low, high, words, extra):
            says = f"{field} is no {name} of a cron expression ({low} to {high})"
            return says, WRITE
    if (found[3] == "?") == (found[5] == "?"):
        says = "names a day of the month and a weekday, of which AWS wants one to be ?"
        return says, "Write ? for the one that does not matter, as in cron(0 20 ? * MON-FRI *)."
    return None


def _is_cron_field(field: str, low: int, high: int, words: tuple[str, ...], extra: str) -> bool:
    if extra and re.fullmatch(extra, field):
        return True

    def inside(text: str) -> bool:
        return text in words or (text.isdecimal() and low <= int(text) <= high)

    for part in field.split(","):
        span, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and int(step)):
            return False
        if span != "*" and not all(inside(end) for end in span.split("-", 1)):
            return False
    return True
