# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""The resources of one component, or of one host, and what became of them task by task."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_values import UNKNOWN, hides

ACTIONS = ("create", "update", "delete", "unchanged")
REPLACED = "(replaced)"

# A resource as callbacks hand it on: type, name, action, changes [{property, before, after}].
Resource = dict[str, Any]


def _joined(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes one after the other: of one property the first `before` and the last `after` stay."""
    changes = {change["property"]: dict(change) for change in first}
    for change in second:
        known = changes.setdefault(change["property"], dict(change))
        known["after"] = change.get("after")
    return [c for c in changes.values() if c.get("before") != c.get("after") or hides(c["after"])]


def merge(first: Resource, second: Resource) -> Resource | None:
    """One resource of two tasks on it, the second later; None where a new one went away again."""
    before, after = first["action"], second["action"]
    if before == "unchanged" or after == "unchanged":
        return first if after == "unchanged" else second
    if before == "create":
        if after == "delete":
            return None
        return {
            **second,
            "action": "create",
            "changes": _joined(first["changes"], second["changes"]),
        }
    if after == "delete":
        return second
    changes = _joined(first["changes"], second["changes"])
    if before == "delete":
        changes = [
            {"property": REPLACED, "before": "", "after": second["name"]},
            *second["changes"],
        ]
    elif not changes and (first["changes"] or second["changes"]):
        return {**second, "action": "unchanged", "changes": []}
    return {**second, "action": "update", "changes": changes}


class Place:
    """The resources of one component, or of one host."""

    def __init__(self) -> None:
        self._resources: dict[tuple[str, str], Resource] = {}

    def add(self, resource: Resource) -> None:
        """Add a resource, or what one more task did to it."""
        resource = {
            "type": str(resource["type"]),
            "name": str(resource["name"]),
            "action": resource["action"],
            "changes": list(resource.get("changes") or []),
        }
        # Two that have no name yet may be two resources.
        unknown = UNKNOWN in resource["name"]
        number = str(len(self._resources)) if unknown else ""
        key = (resource["type"], resource["name"] + number)
        known = self._resources.pop(key, None)
        merged = merge(known, resource) if known else resource
        if merged is not None:
            self._resources[key] = merged

    def having(self, action: str) -> list[Resource]:
        """The resources with this action, in the order in which they came."""
        return [one for one in self._resources.values() if one["action"] == action]

    def totals(self) -> dict[str, int]:
        """How many resources have each action."""
        return {action: len(self.having(action)) for action in ACTIONS}

    def to_dict(self) -> dict[str, Any]:
        """Changed resources by action, and the number of unchanged ones."""
        changed = {action: self.having(action) for action in ACTIONS[:-1]}
        return {**changed, "unchanged": len(self.having("unchanged"))}
