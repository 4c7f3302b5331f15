# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a table's price is called in AWS's Price List, and which one of what AWS answers is meant.

AWS's answers are documents: `product.attributes` say what is sold, `terms.OnDemand` for how much, in steps of use.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import load_yaml

# Usage types begin with the region's short name (EUC1-, EU-), some with its long one; those of us-east-1 mostly with nothing.
PREFIX = r"(?:[A-Z]{2,4}\d-|EU-|[a-z]+(?:-[a-z]+)+-\d-)?"


class Unlisted(ValueError):
    """AWS's Price List has no price for it, or none that is beyond doubt; the message says why."""


class Query:
    """What is asked of AWS for one row of a table, and what of the answer counts."""

    def __init__(self, named: dict[str, Any], row: str | None, region: str) -> None:
        """Raises Unlisted where the Price List is not asked for it."""
        if "none" in named:
            raise Unlisted(named["none"])
        self._named = named
        self.service: str = named["service"]
        self.filters = {
            name: value.format(row=row) for name, value in (named.get("filters") or {}).items()
        }
        attribute = named.get("region", "regionCode")
        if attribute:
            self.filters[attribute] = region

    def request(self) -> dict[str, Any]:
        """The arguments of GetProducts."""
        return {
            "ServiceCode": self.service,
            "FormatVersion": "aws_v1",
            "Filters": [
                {"Type": "TERM_MATCH", "Field": name, "Value": value}
                for name, value in sorted(self.filters.items())
            ],
        }

    def price(self, documents: list[dict[str, Any]]) -> float:
        """USD for one of the table's unit. Raises Unlisted."""
        sold = [one for one in documents if self._is_meant(one["product"].get("attributes", {}))]
        if not sold:
            raise Unlisted("AWS's Price List has no such product")
        found = {usd for one in sold if (usd := first_paid(one)) is not None}
        if not found:
            raise Unlisted("AWS's Price List has no price in USD for it")
        if len(found) > 1:
            told = ", ".join(f"{usd:g}" for usd in sorted(found))
            raise Unlisted(f"AWS's Price List has several prices for it: {told}")
        return found.pop() * self._named.get("times", 1)

    def _is_meant(self, attributes: dict[str, str]) -> bool:
        if not re.fullmatch(PREFIX + self._named["usagetype"], attributes.get("usagetype", "")):
            return False
        return all(
            attributes.get(name) in values
            for name, values in (self._named.get("one_of") or {}).items()
        )


def first_paid(document: dict[str, Any]) -> float | None:
    """USD on demand of the first step of use that costs anything, as the tables have it."""
    steps = [
        (float(step.get("beginRange") or 0), float(step["pricePerUnit"]["USD"]))
        for term in document.get("terms", {}).get("OnDemand", {}).values()
        for step in term["priceDimensions"].values()
        if "USD" in step["pricePerUnit"]
    ]
    return next((usd for _begin, usd in sorted(steps) if usd > 0), None)


def load(folder: Path) -> dict[str, Any]:
    """The names by table, from roles/cost/price_list/."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        found.update(load_yaml(path))
    return found
