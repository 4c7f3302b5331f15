"""Sets of resources as plans and runs tell them, and their comparison."""

from __future__ import annotations

import json
from typing import Any

UNKNOWN = "(known after apply)"
ACTIONS = ("create", "update", "delete")
Sets = dict[tuple[str, str], dict[str, Any]]


def changed_by(plan: dict[str, Any]) -> Sets:
    """The resources by type and name that a plan changes, or that a run changed (docs/plan.md)."""
    return {
        (resource["type"], resource["name"]): {**resource, "action": action}
        for component in plan["components"].values()
        for action in ACTIONS
        for resource in component[action]
    }


def properties(sets: Sets) -> set[tuple[str, str, str]]:
    """Type, name and property of each change."""
    return {(*key, change["property"]) for key, item in sets.items() for change in item["changes"]}


def stands_for(planned: Any, done: Any) -> bool:
    """Whether a planned value is the one that came, where it was known at all."""
    if isinstance(planned, str) and UNKNOWN in planned:
        parts = planned.split(UNKNOWN)
        text = str(done)
        return text.startswith(parts[0]) and text.endswith(parts[-1])
    if isinstance(planned, dict) and isinstance(done, dict) and len(planned) == len(done):
        pairs = zip(sorted(planned, key=str), sorted(done, key=str), strict=True)
        return all(stands_for(a, b) and stands_for(planned[a], done[b]) for a, b in pairs)
    if isinstance(planned, list) and isinstance(done, list) and len(planned) == len(done):
        if UNKNOWN not in json.dumps(planned):
            return planned == done
        left = list(done)
        for item in sorted(planned, key=lambda value: UNKNOWN in json.dumps(value)):
            match = next((other for other in left if stands_for(item, other)), None)
            if match is None:
                return False
            left.remove(match)
        return True
    return planned == done


def mismatches(planned: Sets, done: Sets) -> list[str]:
    """What was announced and not done, done and not announced, or done in another way."""
    left = dict(done)
    found = []
    for key, item in sorted(planned.items(), key=lambda pair: UNKNOWN in pair[0][1]):
        name = next((k for k in left if k[0] == key[0] and stands_for(key[1], k[1])), None)
        if name is None:
            found.append(f"announced, not done: {item['action']} {' '.join(key)}")
            continue
        other = left.pop(name)
        if item["action"] != other["action"]:
            found.append(f"{' '.join(key)}: announced {item['action']}, done {other['action']}")
        found += [f"{' '.join(key)}: {text}" for text in unlike(item["changes"], other["changes"])]
    return found + [
        f"done, not announced: {i['action']} {' '.join(key)}" for key, i in left.items()
    ]


def unlike(planned: list[dict[str, Any]], done: list[dict[str, Any]]) -> list[str]:
    """Properties that one set has and the other has not, or has with other values."""
    announced = {change["property"]: change for change in planned}
    made = {change["property"]: change for change in done}
    found = [f"{name} announced only" for name in announced.keys() - made.keys()]
    found += [f"{name} done only" for name in made.keys() - announced.keys()]
    return found + [
        f"{name}: announced {announced[name]}, done {made[name]}"
        for name in announced.keys() & made.keys()
        if not (
            stands_for(announced[name]["before"], made[name]["before"])
            and stands_for(announced[name]["after"], made[name]["after"])
        )
    ]
