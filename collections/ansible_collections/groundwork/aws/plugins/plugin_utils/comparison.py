# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""In what two plans differ, in words. Takes dicts as `Plan.to_dict` makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_values import UNKNOWN, hides
from ansible_collections.groundwork.aws.plugins.plugin_utils.rendering import SIGNS, cut, value

Key = tuple[str, str, str]

# Facts that must be the same, with what each is called.
FACTS = {
    "project": "project",
    "environment": "environment",
    "operation": "operation",
    "limit": "--limit",
    "inventory": "inventory",
    "commit": "git commit",
}
WIDEST = 60
NEW_HOST = "host"


def facts(saved: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """In what the runs themselves differ: environment, operation, limit, inventory, commit."""
    return [
        f"{word}: {cut(value(saved.get(key)), WIDEST)} in the plan, {cut(value(now.get(key)), WIDEST)} now"
        for key, word in FACTS.items()
        if saved.get(key) != now.get(key)
    ]


def _changed(plan: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any], bool]]:
    for group in ("components", "hosts"):
        for place, held in plan[group].items():
            for action in SIGNS:
                for one in held[action]:
                    yield (place, one["type"], one["name"]), one, group == "hosts"


def _take(found: dict[Key, list[dict[str, Any]]], key: Key) -> dict[str, Any] | None:
    """The resource of this name, else one of its place and type whose name is not known yet."""
    if found.get(key):
        return found[key].pop()
    for other, resources in found.items():
        if resources and other[:2] == key[:2] and UNKNOWN in f"{other[2]} {key[2]}":
            return resources.pop()
    return None


def _same(one: Any, other: Any) -> bool:
    return one == other or UNKNOWN in f"{one} {other}" or (hides(one) and hides(other))


def _equal(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(_same(one.get(side), other.get(side)) for side in ("before", "after"))


def _properties(saved: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """In what the changes of one resource differ."""
    planned = {change["property"]: change for change in saved["changes"]}
    actual = {change["property"]: change for change in now["changes"]}
    told = []
    for name in dict.fromkeys([*planned, *actual]):
        first, second = planned.get(name), actual.get(name)
        if not (first and second and _equal(first, second)):
            told.append(f"{name}: {_words(first)} in the plan, {_words(second)} now")
    return told


def _words(change: dict[str, Any] | None) -> str:
    if change is None:
        return "untouched"
    sides = (cut(value(change.get(side)), WIDEST) for side in ("before", "after"))
    return " -> ".join(sides)


def resources(saved: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """In what the changed resources differ.

    On hosts a new file is told from a changed one, and a property from another, only with --diff:
    there, that something changes is compared, and properties where both plans have some.
    A host that is new in the plan stands for all that is done on it.
    """
    new = {name for (_place, kind, name), _one, _host in _changed(saved) if kind == NEW_HOST}
    left: dict[Key, list[dict[str, Any]]] = {}
    for key, one, host in _changed(now):
        if host and key[0] in new:
            continue
        left.setdefault(key, []).append(one)
    lines = []
    for key, one, host in _changed(saved):
        head = f"{key[0]}: {one['type']} {one['name']}"
        other = _take(left, key)
        if other is None:
            lines.append(f"{head}: {one['action']} in the plan, nothing to do now")
            continue
        if (one["action"] == "delete") != (other["action"] == "delete") or (
            one["action"] != other["action"] and not host
        ):
            lines.append(f"{head}: {one['action']} in the plan, {other['action']} now")
        elif not host or (one["changes"] and other["changes"]):
            lines += [f"{head}: {told}" for told in _properties(one, other)]
    for key, remaining in left.items():
        for one in remaining:
            told = "; ".join(f"{c['property']}: {_words(c)}" for c in one["changes"][:3])
            more = f" ({told})" if told and one["action"] == "update" else ""
            lines.append(
                f"{key[0]}: {one['type']} {one['name']}: not in the plan, {one['action']} now{more}"
            )
    return lines
