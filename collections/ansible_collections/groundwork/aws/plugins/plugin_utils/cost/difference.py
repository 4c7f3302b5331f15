# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a plan makes of the month's cost: resources that it creates, deletes and resizes.

`carried` is what the preflight hands on of its estimate (`carry`), `components` those of `Plan.to_dict`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import expressions
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import Estimate
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.lines import evaluate
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.prices import Unpriced, load
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import load_yaml

Resource = dict[str, Any]
# Values that a plan cannot tell, or does not.
UNTOLD = ("(known after apply)", "(sensitive)", "(not shown by the module)")


def carry(estimate: Estimate, roles: Path, own: dict[str, Any]) -> dict[str, Any]:
    """An estimate as plain data, with what it takes to tell a plan's difference later."""
    if estimate.troubles:
        return {"troubles": len(estimate.troubles)}
    told = estimate.to_dict()
    return {
        **{key: told[key] for key in ("total", "fixed", "use", "budget", "currency", "as_of")},
        "region": told["region"],
        "factor": told["region_factor"],
        "own": own,
        "roles": str(roles),
        "components": {
            name: {
                "role": one.role,
                "values": one.values,
                "each": [(line.resource, line.each) for line in one.lines],
            }
            for name, one in estimate.components.items()
        },
    }


def of_plan(carried: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """What a plan says of money: the estimate, the difference, and what is not counted in that."""
    if "troubles" in carried:
        return {"troubles": carried["troubles"]}
    difference, uncounted = 0.0, []
    for name, held in components.items():
        known = carried["components"].get(name)
        if known is None:
            continue
        counting = Counting(carried, known)
        for action in ("create", "delete", "update"):
            for resource in held[action]:
                try:
                    difference += counting.difference(action, resource)
                except (Unpriced, expressions.Unevaluated):
                    uncounted.append(f"{name}: {resource['type']} {resource['name']}")
    kept = ("total", "fixed", "use", "budget", "currency", "as_of")
    return {
        **{key: carried[key] for key in kept},
        "difference": round(difference, 2),
        "not_counted": uncounted,
    }


class Counting:
    """One component: what its resources cost."""

    def __init__(self, carried: dict[str, Any], component: dict[str, Any]) -> None:
        self._carried = carried
        self._component = component

    def difference(self, action: str, resource: Resource) -> float:
        """USD that a month costs more. Raises Unpriced where that cannot be told."""
        kind = resource["type"]
        if action == "create":
            return sum(each for of, each in self._component["each"] if of == kind)
        if action == "delete":
            return -self._monthly(kind, self._known(resource, "before"))
        if not self._known(resource, "after") and not self._known(resource, "before"):
            return 0.0
        before = self._monthly(kind, self._known(resource, "before"))
        return self._monthly(kind, self._known(resource, "after")) - before

    def _known(self, resource: Resource, side: str) -> dict[str, Any]:
        """The variables that a resource's changed properties stand for, as they are on one side."""
        values = {}
        for raw in self._lines(resource["type"]):
            properties = raw.get("properties", {})
            if properties and any(c["property"] in UNTOLD for c in resource["changes"]):
                raise Unpriced("what changes is not told")
            for name, variable in properties.items():
                for change in resource["changes"]:
                    if change["property"] == name:
                        value = change.get(side)
                        if value is None and resource["action"] == "delete":
                            continue
                        if value is None or value in UNTOLD:
                            raise Unpriced(f"{name} is not told")
                        values[variable] = value
        return values

    def _lines(self, kind: str) -> Iterator[dict[str, Any]]:
        """The lines of the role's meta/cost.yml that count a type of resource."""
        page = Path(self._carried["roles"]) / self._component["role"] / "meta" / "cost.yml"
        return (raw for raw in load_yaml(page)["lines"] if raw["resource"] == kind)

    def _monthly(self, kind: str, changed: dict[str, Any]) -> float:
        """What one resource costs a month, with some of the component's variables otherwise."""
        if not changed:
            return sum(each for of, each in self._component["each"] if of == kind)
        carried = self._carried
        folder = Path(carried["roles"]) / "cost" / "prices"
        prices = load(folder, carried["region"], carried["own"])
        template = expressions.over({**self._component["values"], **changed})
        declared = [each for of, each in self._component["each"] if of == kind]
        return sum(
            evaluate(raw, template, prices, carried["factor"]).each
            if set(raw.get("properties", {}).values()) & set(changed)
            else each
            for raw, each in zip(self._lines(kind), declared, strict=True)
        )
