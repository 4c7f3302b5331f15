# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""What a run creates, updates, deletes and leaves alone, by component and by host.

A plan (of a check run) and what a run did have one shape, so that they can be compared. The
callbacks feed it; docs/plan.md describes its JSON.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

FORMAT = 1
ACTIONS = ("create", "update", "delete", "unchanged")
REPLACED = "(replaced)"
SENSITIVE = "(sensitive)"
UNKNOWN = "(known after apply)"

# A resource as callbacks hand it on: type, name, action, changes [{property, before, after}].
Resource = dict[str, Any]


class NotAPlan(ValueError):
    """A file that is no plan, or one of another format: the message says what and what to do."""


def hides(value: Any) -> bool:
    """Whether a value stands for one that is secret or not known yet: two of them may differ."""
    return value in (SENSITIVE, UNKNOWN)


def now() -> str:
    """The time as a plan writes it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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


class Plan:
    """A run: its facts, the resources of its components and hosts, its failures.

    `facts`: project, environment, operation (strings), check (bool), limit, commit (string or
    None), inventory (list of sources as typed).
    """

    def __init__(self, **facts: Any) -> None:
        self.facts: dict[str, Any] = {
            "project": "",
            "environment": "",
            "operation": "",
            "check": False,
            "limit": None,
            "inventory": [],
            "commit": None,
            **facts,
        }
        self.components: dict[str, Place] = {}
        self.hosts: dict[str, Place] = {}
        self.failed: list[dict[str, str]] = []
        self.started = now()
        # Names, ARNs and ids of everything that the run met, changed or not.
        self.seen: set[str] = set()
        # The month's estimate, as the preflight carries it; None where the inventory says nothing of money.
        self.cost: dict[str, Any] | None = None
        # Names in the inventory's order, since components that converge side by side come in any.
        self.order: list[str] = []

    def add(self, name: str, resource: Resource, host: bool = False) -> None:
        """Add a resource of the component `name`, or of the host of this name."""
        places = self.hosts if host else self.components
        places.setdefault(name, Place()).add(resource)

    def fail(self, host: str, task: str, message: str) -> None:
        """Note a failure that nothing rescued."""
        self.failed.append({"host": host, "task": task, "message": message})

    def totals(self) -> dict[str, int]:
        """How many resources of the whole run have each action."""
        places = [*self.components.values(), *self.hosts.values()]
        return {action: sum(p.totals()[action] for p in places) for action in ACTIONS}

    def is_converged(self) -> bool:
        """Whether nothing is to be changed, or nothing was."""
        totals = self.totals()
        return not any(totals[action] for action in ACTIONS[:-1])

    def _told(self, places: dict[str, Place]) -> dict[str, Any]:
        rank = {name: number for number, name in enumerate(self.order)}
        names = sorted(places, key=lambda name: rank.get(name, len(rank)))
        return {name: places[name].to_dict() for name in names}

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain data, finished now."""
        told = {
            "version": FORMAT,
            **self.facts,
            "started": self.started,
            "finished": now(),
            "components": self._told(self.components),
            "hosts": self._told(self.hosts),
            "totals": self.totals(),
            "seen": sorted(self.seen),
            "failed": self.failed,
        }
        if self.cost:
            # Loaded only where the inventory says something of money: each run begins with this file.
            from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import difference

            told["cost"] = difference.of_plan(self.cost, told["components"])
        return told


def parse(text: str, source: str) -> dict[str, Any]:
    """The plan that stands in `text`; `source` names it in messages. Raises NotAPlan."""
    again = "Make one with --check -e plan_file=PATH."
    try:
        plan = json.loads(text)
    except ValueError:
        raise NotAPlan(f"{source} is not a plan: it holds no JSON. {again}") from None
    if not isinstance(plan, dict) or not {"version", "components", "totals"} <= plan.keys():
        raise NotAPlan(f"{source} is not a plan: it has no version, components and totals. {again}")
    if plan["version"] != FORMAT:
        raise NotAPlan(
            f"{source} is a plan of format {plan['version']}, this Groundwork reads format {FORMAT}. "
            f"{again}"
        )
    if not _is_whole(plan):
        raise NotAPlan(
            f"{source} is a damaged plan: a part of it is missing or is another. {again}"
        )
    return plan


def _is_whole(plan: dict[str, Any]) -> bool:
    """Whether a plan has what is read of it later: someone may have edited it."""
    try:
        resources = [
            resource
            for part in ("components", "hosts")
            for held in plan[part].values()
            for action in ("create", "update", "delete")
            for resource in held[action]
        ]
        changes = [change for resource in resources for change in resource["changes"]]
        texts = [r[key] for r in resources for key in ("type", "name", "action")]
        texts += [change["property"] for change in changes]
    except (AttributeError, KeyError, TypeError):
        return False
    return "finished" in plan and all(isinstance(text, str) for text in texts)
