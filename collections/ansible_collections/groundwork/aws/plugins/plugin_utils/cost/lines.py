# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""One line of an estimate: what is counted, at which price."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.expressions import Template
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.prices import Prices, Unpriced

HOURS = 730
HOUR, MONTH, EACH = "h", "month", "each"
NUMBERS = ("count", "times", "amount", "hours", "resources")
# An assumption in one of these makes a line depend on use. Hours do not: what runs is paid for, used or not.
USED = ("count", "times", "amount")


@dataclass
class Line:
    """What is counted and what a month of it costs, in USD.

    `each` is what one more resource of the type `resource` would cost. `used` says that the line depends on use, and
    is assumed.
    """

    what: str
    monthly: float
    each: float
    used: bool
    resource: str
    price: str
    usd: float
    unit: str
    source: str = "table"
    properties: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The line as plain data for other programs."""
        told = asdict(self)
        del told["properties"], told["each"]
        own = self.source == "own"
        return {
            **told,
            "monthly": round(self.monthly, 4),
            "usd": round(self.usd, 12),
            "own_price": own,
        }


def is_used(raw: dict[str, Any]) -> bool:
    """Whether a line of meta/cost.yml asks for an assumption about use."""
    return any("usage." in str(raw.get(key, "")) for key in USED)


def evaluate(raw: dict[str, Any], template: Template, prices: Prices, factor: float | None) -> Line:
    """A line of a role's meta/cost.yml as it is for one component. Raises Unpriced."""
    numbers = {key: _number(raw, key, template) for key in NUMBERS if key in raw}
    row = str(template(raw["row"])) if "row" in raw else None
    name = str(template(raw["price"]))
    price = prices.price(name, row, factor)
    count, times = numbers.get("count", 1), numbers.get("times", 1)
    hours = numbers.get("hours", HOURS)
    amount = numbers.get("amount", 1) * (hours if price.unit == HOUR else 1)
    each = times * amount * price.usd
    monthly = count * each
    if "resources" in numbers:
        each = monthly / numbers["resources"] if numbers["resources"] else 0
    return Line(
        what=_what(count * times, hours, numbers.get("amount", 1), price.unit, price.called),
        monthly=monthly,
        each=each,
        used=is_used(raw),
        resource=raw["resource"],
        price=name,
        usd=price.usd,
        unit=price.unit,
        source=price.source,
        properties=raw.get("properties", {}),
    )


def _number(raw: dict[str, Any], key: str, template: Template) -> float:
    value = template(raw[key])
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Unpriced(f"{key} of {raw['price']} is no number: {value!r}.") from None


def number(it: float) -> str:
    """A number as it is read: thousands apart, two decimals at most."""
    return f"{it:,.2f}".rstrip("0").rstrip(".")


def _what(count: float, hours: float, amount: float, unit: str, called: str) -> str:
    """What a line counts: «2 x t3.medium, 730 h», «1 x 40 GB gp3 disk», «50 GB out to the internet»."""
    if unit == HOUR:
        return f"{count:g} x {called}, {number(hours)} h"
    if unit == MONTH:
        return f"{count:g} x {called}"
    told = f"{number(amount)} {called}" if unit == EACH else f"{number(amount)} {unit} {called}"
    return told if count == 1 else f"{count:g} x {told}"
