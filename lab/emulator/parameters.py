"""The parameters that an engine knows, as AWS lists them for a parameter group's family.

Tables stand in lab/emulator/data: PostgreSQL 15's from `pg_settings` of that version plus what RDS
adds, Redis 7's from ElastiCache's documentation. A family without a table has no parameters.
"""

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
_RANGE = re.compile(r"^(-?\d+)-(-?\d*)$")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an engine. `value` is AWS's default, empty for the engine's own."""

    name: str
    type: str
    modifiable: bool
    apply: str
    allowed: str
    value: str
    known_to: str = ""

    def problem(self, value: str) -> str:
        """Say what is wrong with a value, or nothing. Formulas (`{...}`) are taken as they are."""
        if not self.modifiable:
            return f"The parameter {self.name} cannot be modified."
        if "{" in value or not self.allowed or self._fits(value):
            return ""
        return (
            f"The parameter value {value} is not valid for {self.name}. "
            f"Allowed values are: {self.allowed}"
        )

    def _fits(self, value: str) -> bool:
        bounds = _RANGE.match(self.allowed)
        if not bounds:
            options = self.allowed.split(",")
            return value in options or any(option.endswith("-") for option in options)
        try:
            number = float(value)
        except ValueError:
            return False
        return float(bounds[1]) <= number <= float(bounds[2] or "inf")


@functools.cache
def of_family(family: str) -> dict[str, Parameter]:
    """All parameters of a family (`postgres15`, `redis7`), by name."""
    table = DATA / f"{family}.csv"
    if not table.exists():
        return {}
    with table.open(encoding="utf-8", newline="") as stream:
        rows = [row | {"modifiable": row["modifiable"] == "yes"} for row in csv.DictReader(stream)]
    return {row["name"]: Parameter(**row) for row in rows}
