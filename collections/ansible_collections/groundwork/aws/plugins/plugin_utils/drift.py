# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Which resources with our tags no component declares.

A check run names everything that it keeps: by ARN or id in what its modules return, by name in its
plan. What carries our tags and was named nowhere is an orphan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

ARN = re.compile(r"^arn:[\w-]+:[\w-]+:[\w-]*:\w*:\S+$")
# Made to outlive their component.
KEPT = frozenset({"rds:snapshot"})
# Lookups by name that stand for a resource which the module behind them need not touch.
STANDING = frozenset({"amazon.aws.ec2_key_info", "amazon.aws.elb_application_lb_info"})
ID = re.compile(r"^[a-z]+-[0-9a-f]{8,17}$")


def identifiers(value: Any, key: str = "") -> set[str]:
    """The ARNs and ids that stand anywhere in a module's result.

    Whatever looks like one (`vpc-0123456789abcdef0`), and what a key that ends in `id` holds.
    """
    if isinstance(value, dict):
        return set().union(*(identifiers(item, str(name)) for name, item in value.items()))
    if isinstance(value, list | tuple | set):
        return set().union(*(identifiers(item, key) for item in value))
    if isinstance(value, str) and (key.endswith("id") or ARN.match(value) or ID.match(value)):
        return {value}
    return set()


def orphans(
    tagged: Iterable[dict[str, Any]], seen: Iterable[str], components: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """The tagged resources that no component declares.

    `tagged`: as groundwork.aws.tagged_resources_info returns them. `seen`: the names, ARNs and ids
    that the run met. `components`: only theirs, where the run was limited. What waits for its
    deletion, and a snapshot that a destroy kept, is none. An instance without tags, which only its
    name tells, is ours where the run met what it was restored from.
    """
    known, only = set(seen), None if components is None else set(components)
    return [
        one
        for one in tagged
        if one["state"] == "present"
        and one["type"] not in KEPT
        and not {one["arn"], one["id"]} & known
        and _is_ours(one, known, only)
    ]


def _is_ours(one: dict[str, Any], known: set[str], only: set[str] | None) -> bool:
    if one.get("restored_from"):
        return one["restored_from"] in known
    return only is None or one["component"] in only
