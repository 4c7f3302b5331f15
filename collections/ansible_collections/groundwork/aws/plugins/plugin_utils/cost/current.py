# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The estimate at the prices of today, and the tables beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import live, price_list
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import (
    Estimate,
    estimate,
    factor_of,
    tables,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.live import Live, Row
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.prices import Prices, Unpriced
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)

# Prices do not move that far: what does is another product, which our names for AWS's Price List met by mistake.
FAR = 3
# Less is how numbers are rounded.
MOVED = 0.0005

# Asks AWS for rows, with the names of all tables, in a region.
Ask = Callable[[Iterable[Row], dict[str, Any], str], Live]


@dataclass
class Asked:
    """What an environment's tables are, what AWS told beside them, and when."""

    prices: Prices
    factor: float | None
    told: Live
    time: str

    def facts(self) -> dict[str, Any]:
        """Plain data about the asking, for other programs."""
        return {
            "asked": self.time,
            "published": sorted(date for date in self.told.published if date),
            "live": len(self.told.prices),
            "missing": [
                {"price": name, "row": row, "why": why}
                for (name, row), why in sorted(self.told.missing.items(), key=str)
            ],
            "trouble": self.told.trouble,
        }


def ask_for(
    rows: Iterable[Row], prices: Prices, environment: Environment, roles: Path, ask: Ask
) -> Asked:
    """Ask AWS for rows; what is beyond belief counts as missing."""
    try:
        factor = factor_of(environment, prices)
    except Unpriced:
        factor = None
    names = price_list.load(roles / "cost" / "price_list")
    told = ask(rows, names, str(environment.value("aws_region")))
    for (name, row), usd in list(told.prices.items()):
        known = prices.of_table(name, row, factor)
        if known is not None and not known / FAR <= usd <= known * FAR:
            del told.prices[name, row]
            told.missing[name, row] = (
                f"AWS's {usd:g} is too far from the table's {known:g} to be the same thing"
            )
    return Asked(prices, factor, told, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


def live_estimate(environment: Environment, roles: Path, ask: Ask = live.ask) -> Estimate:
    """The estimate at AWS's prices of now, and the tables' where AWS tells none."""
    prices = tables(environment, roles)
    prices.live = {}
    # What it wants to know is told by a first go, which may lack prices.
    estimate(environment, roles, prices)
    asked = ask_for(prices.asked, prices, environment, roles, ask)
    prices.live = asked.told.prices
    found = estimate(environment, roles, prices)
    found.facts["prices"] = asked.facts()
    return found


def comparison(environment: Environment, roles: Path, ask: Ask = live.ask) -> dict[str, Any]:
    """Every row of the tables beside AWS's price: those that moved, and those that AWS did not tell."""
    prices = tables(environment, roles)
    asked = ask_for(prices.rows(), prices, environment, roles, ask)
    moved = []
    for (name, row), usd in sorted(asked.told.prices.items(), key=str):
        known = prices.of_table(name, row, asked.factor)
        if known is None or abs(usd / known - 1) > MOVED:
            per = prices.per(name)
            moved.append(
                {
                    "price": name,
                    "row": row,
                    "table": None if known is None else round(known * per, 9),
                    "live": round(usd * per, 9),
                    "per": per,
                    "percent": None if known is None else round((usd / known - 1) * 100, 1),
                }
            )
    return {
        "region": str(environment.value("aws_region")),
        "region_factor": asked.factor,
        "as_of": prices.as_of,
        "moved": moved,
        "same": len(asked.told.prices) - len(moved),
        **asked.facts(),
    }
