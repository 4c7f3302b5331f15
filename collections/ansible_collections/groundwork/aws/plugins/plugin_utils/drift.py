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
ID = re.compile(r"^[a-z]+-[0-9a-f]{8,17}$")


def identifiers(value: Any) -> set[str]:
    """The ARNs and AWS ids (`vpc-0123456789abcdef0`) that stand anywhere in a module's result."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set):
        return set().union(*(identifiers(item) for item in value))
    if isinstance(value, str) and (ARN.match(value) or ID.match(value)):
        return {value}
    return set()


def orphans(
    tagged: Iterable[dict[str, Any]], seen: Iterable[str], names: Iterable[str]
) -> list[dict[str, Any]]:
    """The tagged resources that no component declares.

    `tagged`: as groundwork.aws.tagged_resources_info returns them (arn, id, name, state). `seen`:
    ARNs and ids that the run met. `names`: names of the resources in its plan. What waits for its
    deletion is none.
    """
    known, named = set(seen), set(names)
    return [
        one
        for one in tagged
        if one["state"] == "present"
        and not {one["arn"], one["id"]} & known
        and not (one["id"] in named and not ID.match(one["id"]))
    ]
