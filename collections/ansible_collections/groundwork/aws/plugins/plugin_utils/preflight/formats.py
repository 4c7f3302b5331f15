# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Values that have a form of their own: ranges of addresses, names in DNS, windows of time."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import zoneinfo
from collections.abc import Callable
from pathlib import Path

from ansible_collections.groundwork.aws.plugins.module_utils import durations
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_files import trouble_writing
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.cron import cron
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import nearest

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = r"([01]\d|2[0-3]):([0-5]\d)"
MINUTES_A_DAY = 24 * 60
# Docker's least; AWS's largest machine has 24 TiB.
LEAST_MEMORY, MOST_MEMORY = 6 * 1024**2, 24 * 1024**4

Answer = tuple[str, str] | None


def cidr(text: str) -> Answer:
    """A range of IPv4 addresses, without host bits."""
    return _network(text, ipaddress.IPv4Network, "10.20.0.0/16")


def ipv4_cidr(text: str) -> Answer:
    """A range of IPv4 addresses, of whoever it is."""
    return _network(text, ipaddress.IPv4Network, "203.0.113.0/24")


def any_cidr(text: str) -> Answer:
    """A range of IPv4 or IPv6 addresses, without host bits."""
    return _network(text, ipaddress.ip_network, "203.0.113.0/24")


def _network(text: str, make: Callable, example: str) -> Answer:
    if make is ipaddress.IPv4Network and ":" in text:
        says = f"{text} is a range of IPv6, of which the network has none"
        return says, f"Write one of IPv4, as in {example}."
    if "/" not in text:
        whole = f"{text}/{128 if ':' in text else 32}"
        return "is no range of addresses: it has no prefix length", f"Write {whole}, or {example}."
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
    # No top-level domain is a number: those are addresses.
    if (
        len(labels) < 2
        or labels[-1].isdecimal()
        or not all(LABEL.fullmatch(label) for label in labels)
    ):
        return f"{text!r} is no name in DNS", f"Write it as in {_meant(text)}."
    return None


def _meant(text: str) -> str:
    """The name in DNS that was probably meant: without the rest of a URL, and as DNS writes other alphabets."""
    name = re.sub(r"^[a-z]+://|[/:].*", "", text.strip().lower()).strip(".-")
    try:
        name = name.encode("idna").decode()
    except UnicodeError:
        name = ""
    right = re.sub(r"[^a-z0-9.-]+", "-", name)
    usable = "." in right and right != text and not right.rpartition(".")[2].isdecimal()
    return right if usable else "qa.example.com"


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


def wildcard_domain(text: str) -> Answer:
    """A name in DNS, or all names below it, as a further name of a certificate may be."""
    return domain(text.removeprefix("*."))


def memory(text: str) -> Answer:
    """An amount of memory that Docker gives a container."""
    found = re.fullmatch(r"([1-9][0-9]*(?:\.[0-9]+)?)([bkmgBKMG])b?", text)
    if not found:
        return f"{text!r} is not an amount of memory", "Write it as in 384m."
    amount = float(found[1]) * 1024 ** "bkmg".index(found[2].lower())
    if not LEAST_MEMORY <= amount <= MOST_MEMORY:
        return f"{text} is not what Docker takes, 6m to 24576g", "Write it as in 384m."
    return None


def time_zone(text: str) -> Answer:
    """A time zone by its IANA name, as this machine's list has it."""
    known = zoneinfo.available_timezones()
    if not known or text in known:
        return None
    near = nearest(text, known) or "Europe/Berlin"
    return f"{text!r} is no time zone of IANA", f"Write {near}."


def moment(text: str) -> Answer:
    """A second in UTC, or the last one that there is."""
    written = "%Y-%m-%dT%H:%M:%SZ"
    try:
        if text == "latest" or datetime.datetime.strptime(text, written).strftime(written) == text:
            return None
    except ValueError:
        pass
    says = f"{text!r} is not a time in UTC that the calendar has, or latest"
    return says, "Write it as in 2026-11-21T10:00:00Z."


def new_file(text: str) -> Answer:
    """A file that can be written: said before the work, not after it."""
    target = Path(text).expanduser()
    if target.exists() and not target.is_dir() and os.access(target, os.W_OK):
        return None
    trouble = trouble_writing(text)
    if trouble is None:
        return None
    says, _, write = trouble.partition(". ")
    return says.removeprefix(f"{text}: ").removeprefix(f"{text} "), write


def lease(text: str) -> Answer:
    """How long a lock is kept after a kill: it is renewed every third of that, over the network."""
    try:
        duration = durations.seconds(text)
    except ValueError:
        return f"{text!r} is not a duration", "Write it as in 2m."
    if not 3 <= duration <= 86400:
        return f"is {text}, must be 3s to 24h", "Write it as in 2m."
    return None


FORMATS: dict[str, Callable[[str], Answer]] = {
    "any_cidr": any_cidr,
    "certificate_domain": certificate_domain,
    "cidr": cidr,
    "cron": cron,
    "daily_window": daily_window,
    "domain": domain,
    "ipv4_cidr": ipv4_cidr,
    "lease": lease,
    "memory": memory,
    "moment": moment,
    "new_file": new_file,
    "time_zone": time_zone,
    "weekly_window": weekly_window,
    "wildcard_domain": wildcard_domain,
}
