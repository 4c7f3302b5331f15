# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The prices of the repository, and the inventory's own over them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import load_yaml

REGIONS = "regions.yml"
FOLDER = "roles/cost/prices"


class Unpriced(ValueError):
    """What has no price: the message says which row is to be added where."""


@dataclass(frozen=True)
class Price:
    """A price: USD for one `unit` of what it is `called`, as it is in the region.

    `source` is `table`, `own` (the inventory's), or `live` (AWS's Price List).
    """

    usd: float
    unit: str
    called: str
    source: str = "table"


class Prices:
    """Tables by name, for one region. `own` are the inventory's prices, which hold as they are.

    `live` are AWS's own by table and row, for one unit; they go before the tables. `asked` are the tables and rows that
    were asked for, but for the inventory's own.
    """

    def __init__(
        self, tables: dict[str, Any], regions: dict[str, Any], region: str, own: dict[str, Any]
    ) -> None:
        self._tables = tables
        self._regions = regions
        self._region = region
        self._own = own
        self.live: dict[tuple[str, str | None], float] | None = None
        self.asked: set[tuple[str, str | None]] = set()

    @property
    def as_of(self) -> str:
        """The date of the oldest table."""
        return min(str(table["as_of"]) for table in self._tables.values())

    @property
    def verified(self) -> bool:
        """Whether each table was compared with its source."""
        return all(table.get("verified", False) for table in self._tables.values())

    def factor(self, given: float = 0) -> float:
        """What the region costs beside us-east-1; `given` holds where it is not 0."""
        if given:
            return given
        if self._region not in self._regions["factors"]:
            raise Unpriced(self._no_factor())
        return float(self._regions["factors"][self._region])

    def _no_factor(self) -> str:
        return (
            f"The region {self._region} has no factor. Add the row {self._region} to factors in "
            f"{FOLDER}/{REGIONS}, or set cost_region_factor in the inventory (1.15: 15 % more than us-east-1)."
        )

    def price(self, name: str, row: str | None, factor: float | None) -> Price:
        """The price of a table's row, or of a table without rows. `factor` is None where the region has none."""
        table = self._tables.get(name)
        own = self._own.get(name)
        if table is None:
            raise Unpriced(f"There is no table of prices {name} in {FOLDER}/.")
        called = row if row is not None else table["called"]
        if isinstance(own, dict):
            own = own.get(row)
        if own is not None:
            return Price(float(own) / table.get("per", 1), table["unit"], called, "own")
        self.asked.add((name, row))
        if self.live is not None and (name, row) in self.live:
            return Price(self.live[name, row], table["unit"], called, "live")
        if factor is None and not table.get("global"):
            raise Unpriced(f"AWS told no price of {called}. {self._no_factor()}")
        usd = self.of_table(name, row, factor)
        if usd is None:
            raise Unpriced(
                f"{row} has no price: there is no such {table['called']} in the table. Add the row {row} to "
                f"{name} in {FOLDER}/, or set it in the inventory: "
                f"cost_prices: {{{name}: {{{row}: USD for one {table['unit']}}}}}"
            )
        return Price(usd, table["unit"], called)

    def of_table(self, name: str, row: str | None, factor: float | None) -> float | None:
        """USD for one unit by the table; None where it has no such row, or the region no factor."""
        table = self._tables[name]
        figure = table.get("rows", {}).get(row) if row is not None else table.get("price")
        of_region = 1 if table.get("global") else factor
        if figure is None or of_region is None:
            return None
        return float(figure) * table.get("times", 1) * of_region / table.get("per", 1)

    def per(self, name: str) -> int:
        """For how many units a table gives its prices."""
        return int(self._tables[name].get("per", 1))

    def rows(self) -> list[tuple[str, str | None]]:
        """Every table and row that has a price."""
        return [
            (name, row)
            for name, table in sorted(self._tables.items())
            for row in table.get("rows", [None])
        ]

    def unknown(self) -> list[str]:
        """The names in the inventory's prices that no table has."""
        return sorted(set(self._own) - set(self._tables))

    def mistyped(self) -> list[str]:
        """The tables for which the inventory gives rows where it should give a number, or the reverse."""
        return sorted(
            name
            for name, own in self._own.items()
            if name in self._tables and isinstance(own, dict) != ("rows" in self._tables[name])
        )


def load(folder: Path, region: str, own: dict[str, Any]) -> Prices:
    """The prices in a folder, as a region and an inventory have them."""
    tables: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name != REGIONS:
            tables.update(load_yaml(path))
    return Prices(tables, load_yaml(folder / REGIONS), region, own)
