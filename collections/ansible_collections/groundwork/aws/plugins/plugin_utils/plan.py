# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""What a run creates, updates, deletes and leaves alone, by component and by host.

A plan (of a check run) and what a run did have one shape, so that they can be compared. The
callbacks feed it; docs/plan.md describes its JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.place import ACTIONS, Place, Resource

FORMAT = 1


def now() -> str:
    """The time as a plan writes it: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
