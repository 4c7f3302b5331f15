"""How long AWS takes to make things, on a scale: LAB_LATENCY=aws/20, or --creation-times aws/20.

Off, the emulator has everything at once, and in the lab a database is there when its container
answers. On, a record says so for as long as AWS would take, divided by the scale.
"""

import re
import threading
from typing import Any

SECONDS = {
    "database": 480.0,
    "cache": 330.0,
    "nat_gateway": 120.0,
    "load_balancer": 150.0,
    "certificate": 120.0,
    "instance": 30.0,
}
"""Typical times: a database 6 to 10 minutes, a cache 5 to 6, a NAT gateway 2, a balancer 2 to 3
(measured by others, issue 5); a certificate that DNS validates, and an instance until it runs:
AWS's user guides say "several minutes" and "a short time", taken as 2 minutes and half of one."""
SCALE = re.compile(r"aws/([1-9]\d*)$")
_scale = 0


class BadScale(ValueError):
    """A scale that is none; the message says what one is."""


def set_scale(text: str) -> None:
    """Take AWS's times divided by a number, such as `aws/20`; an empty text takes none."""
    global _scale
    found = SCALE.match(text)
    if text and not found:
        raise BadScale(
            f"creation times: {text!r} is no scale; write aws/20 for a twentieth of AWS's"
        )
    _scale = int(found[1]) if found else 0


def seconds(kind: str) -> float:
    """How long a record of this kind is being made; 0 where the times are off."""
    return SECONDS[kind] / _scale if _scale else 0.0


def make(record: Any, attribute: str, kind: str, first: str, last: str) -> None:
    """Let `record.attribute` be `first` as long as AWS makes such a thing, then `last`.

    What was changed meanwhile, such as by a deletion, stays.
    """
    took = seconds(kind)
    if not took:
        return

    def done() -> None:
        if getattr(record, attribute) == first:
            setattr(record, attribute, last)

    setattr(record, attribute, first)
    timer = threading.Timer(took, done)
    timer.daemon = True
    timer.start()
