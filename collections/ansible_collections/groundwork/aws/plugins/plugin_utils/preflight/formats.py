# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Values that have a form of their own: ranges of addresses, names in DNS, windows of time."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = r"([01]\d|2[0-3]):([0-5]\d)"
MINUTES_A_DAY = 24 * 60

Answer = tuple[str, str] | None


def cidr(text: str) -> Answer:
    """A range of IPv4 addresses, without host bits."""
    return _network(text, ipaddress.IPv4Network, "10.20.0.0/16")


def any_cidr(text: str) -> Answer:
    """A range of IPv4 or IPv6 addresses, without host bits."""
    return _network(text, ipaddress.ip_network, "203.0.113.0/24")


def _network(text: str, make: Callable, example: str) -> Answer:
    if "/" not in text:
        return (
            "is no range of addresses: it has no prefix length",
            f"Write {text}/32, or {example}.",
        )
    try:
        make(text)
    except ValueError:
        try:
            whole = make(text, strict=False)
        except ValueError:
            return f"{text!r} is no range of addresses", f"Write it as in {example}."
        return f"{text} has bits set behind its prefix length", f"Write {whole}."
    return None


def domain(text: str) -> Answer:
    """A name in DNS, in lower case, without a dot at its end."""
    if len(text) > 253:
        return f"has {len(text)} characters, a name in DNS has 253 at most", "Shorten it."
    labels = text.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels):
        right = re.sub(r"[^a-z0-9.-]+", "-", text.lower()).strip(".-")
        hint = right if "." in right and right != text else "qa.example.com"
        return f"{text!r} is no name in DNS", f"Write it as in {hint}."
    return None


def certificate_domain(text: str) -> Answer:
    """A name that ACM takes as the first one of a certificate."""
    if len(text) > 64:
        says = f"has {len(text)} characters, ACM takes 64 for the first name of a certificate"
        return says, "Shorten domain or hostname."
    return domain(text.removeprefix("*."))


def daily_window(text: str) -> Answer:
    """Half an hour or more of each day: 02:00-03:00."""
    found = re.fullmatch(f"{TIME}-{TIME}", text)
    if not found:
        return f"{text!r} is no window of time", "Write it as in 02:00-03:00 (UTC)."
    start, end = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
    return _long_enough((end - start) % MINUTES_A_DAY)


def weekly_window(text: str) -> Answer:
    """Half an hour or more of each week: sun:04:00-sun:05:00."""
    span = week_minutes(text)
    if span is None:
        return f"{text!r} is no window of a week", "Write it as in sun:04:00-sun:05:00 (UTC)."
    return _long_enough((span[1] - span[0]) % (7 * MINUTES_A_DAY))


def week_minutes(text: str) -> tuple[int, int] | None:
    """Minutes of the week at which a weekly window begins and ends; None where it is none."""
    day = f"({'|'.join(DAYS)})"
    found = re.fullmatch(f"{day}:{TIME}-{day}:{TIME}", text)
    if not found:
        return None
    start, end = (
        DAYS.index(found[i]) * MINUTES_A_DAY + int(found[i + 1]) * 60 + int(found[i + 2])
        for i in (1, 4)
    )
    return start, end


def _long_enough(minutes: int) -> Answer:
    if minutes < 30:
        return f"is {minutes} minutes long, AWS wants 30", "Let the window end later."
    return None


FORMATS: dict[str, Callable[[str], Answer]] = {
    "any_cidr": any_cidr,
    "certificate_domain": certificate_domain,
    "cidr": cidr,
    "daily_window": daily_window,
    "domain": domain,
    "weekly_window": weekly_window,
}
