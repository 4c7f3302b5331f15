# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Durations as people write them: 90s, 10m, 1h."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([smh]?)", re.IGNORECASE)


def seconds(written: str | float) -> float:
    """The seconds of a duration such as V(90s), V(10m), V(1h), or a plain number of seconds.

    Raises ValueError with what may be written, for anything else.
    """
    found = _WRITTEN.fullmatch(str(written).strip())
    if not found:
        raise ValueError(
            f"«{written}» is not a duration. Write a number with its unit: 90s, 10m or 1h."
        )
    return float(found[1]) * _SECONDS[found[2].lower() or "s"]


def spoken(duration: float) -> str:
    """A duration in seconds as people write it, rounded: 45s, 2m 5s, 1h 10m."""
    whole = max(0, round(duration))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [(hours, "h"), (minutes, "m"), (rest, "s")]
    words = [f"{number}{unit}" for number, unit in parts if number]
    return " ".join(words[:2]) or "0s"
