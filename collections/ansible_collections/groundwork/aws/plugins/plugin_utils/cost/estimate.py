# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The estimate of an environment: each component's lines, by the variables of its inventory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import expressions
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.lines import (
    Line,
    evaluate,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.prices import (
    Prices,
    Unpriced,
    load,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import load_yaml

NAMES = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass
class Component:
    """A component's lines, and what its expressions asked of the variables."""

    role: str
    lines: list[Line] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Estimate:
    """What a month costs, by component, and what could not be told."""

    facts: dict[str, Any]
    components: dict[str, Component] = field(default_factory=dict)
    usage: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    @property
    def monthly(self) -> float:
        """USD of everything."""
        return sum(line.monthly for one in self.components.values() for line in one.lines)

    @property
    def used(self) -> float:
        """USD of what depends on use."""
        return sum(
            line.monthly for one in self.components.values() for line in one.lines if line.used
        )

    def to_dict(self) -> dict[str, Any]:
        """The estimate as plain data for other programs, USD to the cent."""
        budget = self.facts["budget"]
        total = round(self.monthly, 2)
        return {
            **{key: value for key, value in self.facts.items() if key != "budget"},
            "components": {name: _told(one) for name, one in self.components.items()},
            "usage": self.usage,
            **_sums([line for one in self.components.values() for line in one.lines]),
            "budget": {"monthly": budget, "left": round(budget - total, 2)} if budget else None,
        }


def _told(component: Component) -> dict[str, Any]:
    return {
        "role": component.role,
        "lines": [line.to_dict() for line in component.lines],
        **_sums(component.lines),
    }


def _sums(lines: list[Line]) -> dict[str, float]:
    return {
        "fixed": round(sum(line.monthly for line in lines if not line.used), 2),
        "use": round(sum(line.monthly for line in lines if line.used), 2),
        "total": round(sum(line.monthly for line in lines), 2),
    }


def tables(environment: Environment, roles: Path) -> Prices:
    """The tables of prices as an environment has them."""
    region = str(environment.value("aws_region"))
    return load(roles / "cost" / "prices", region, environment.value("cost_prices"))


def factor_of(environment: Environment, prices: Prices) -> float:
    """What the environment's region costs beside us-east-1. Raises Unpriced."""
    return prices.factor(float(environment.value("cost_region_factor")))


def estimate(environment: Environment, roles: Path, prices: Prices | None = None) -> Estimate:
    """The estimate of an environment; what is wrong with it stands in its `troubles`.

    `prices` are the tables, or those with AWS's live prices before them.
    """
    region = str(environment.value("aws_region"))
    prices = prices or tables(environment, roles)
    found = Estimate(
        {
            "project": str(environment.value("project")),
            "environment": str(environment.value("env")),
            "region": region,
            "currency": "USD",
            "as_of": prices.as_of,
            "verified": prices.verified,
            "budget": float(environment.value("cost_budget")),
        }
    )
    found.troubles += [f"cost_prices: there is no table {name}." for name in prices.unknown()]
    found.troubles += [
        f"cost_prices: {name} is a number, or numbers by row, as its table in roles/cost/prices/ is."
        for name in prices.mistyped()
    ]
    try:
        factor = factor_of(environment, prices)
    except Unpriced as trouble:
        if prices.live is None:
            found.troubles.append(str(trouble))
            return found
        factor = None
    found.facts["region_factor"] = factor
    for host in environment.components:
        try:
            found.components[host] = _component(environment, host, roles, prices, factor, found)
        except Unpriced as trouble:
            found.troubles.append(f"{host}: {trouble}")
    for name in sorted(set(environment.value("cost_usage")) - set(found.usage)):
        told = ", ".join(sorted(found.usage))
        found.troubles.append(f"cost_usage: nothing is called {name}. There are: {told}.")
    return found


def _component(
    environment: Environment,
    host: str,
    roles: Path,
    prices: Prices,
    factor: float | None,
    found: Estimate,
) -> Component:
    role = str(environment.value("component_role", host))
    page = roles / role / "meta" / "cost.yml"
    if not page.is_file():
        raise Unpriced(
            f"roles/{role}/meta/cost.yml is missing: it says what the role counts (docs/cost.md)."
        )
    told = load_yaml(page)
    usage = _usage(environment, host, told.get("usage") or {}, found)
    component = Component(role)
    for raw in told["lines"]:
        try:
            line, values = _line(environment, host, raw, usage, prices, factor)
        except Unpriced as trouble:
            found.troubles.append(f"{host}: {trouble}")
            continue
        component.lines.append(line)
        if line.properties:
            component.values.update({**values, "usage": usage})
    return component


def _usage(
    environment: Environment, host: str, declared: dict[str, Any], found: Estimate
) -> dict[str, float]:
    given = environment.value("cost_usage", host)
    for name, one in declared.items():
        found.usage.setdefault(
            name, {"value": given.get(name, one["default"]), "called": one["called"]}
        )
    return {name: given.get(name, one["default"]) for name, one in declared.items()}


def _values(environment: Environment, host: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The variables that a line's expressions name, and nothing else."""
    asked = " ".join(str(value) for value in raw.values() if "{{" in str(value))
    names = {name for name in NAMES.findall(asked) if environment.knowledge.rule(name) is not None}
    try:
        return {name: environment.value(name, host) for name in sorted(names)}
    except Unknown as missing:
        raise Unpriced(f"{missing} has no value.") from None


def _line(
    environment: Environment,
    host: str,
    raw: dict[str, Any],
    usage: dict[str, float],
    prices: Prices,
    factor: float | None,
) -> tuple[Line, dict[str, Any]]:
    """A line, and the values of the variables that its expressions name."""
    values = _values(environment, host, raw)
    template = expressions.over({**values, "usage": usage})
    try:
        return evaluate(raw, template, prices, factor), values
    except expressions.Unevaluated as error:
        raise Unpriced(f"{raw['price']} cannot be counted: {error}") from None
