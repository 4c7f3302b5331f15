# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""An estimate as lines for people. Takes the dict of `Estimate.to_dict`."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.lines import number

WIDEST = 48


def money(usd: float) -> str:
    """USD as they are read: to the cent, thousands apart."""
    return f"{usd:,.2f}"


def against_budget(estimate: dict[str, Any]) -> str:
    """How the estimate stands to the budget, in words; nothing without one."""
    budget = estimate["budget"]
    if not budget:
        return ""
    word = "over" if budget["left"] < 0 else "under"
    return f"{money(abs(budget['left']))} {word} the budget of {money(budget['monthly'])}"


def line(cost: dict[str, Any], check: bool) -> str:
    """What a plan says of money (`difference.of_plan`), in one line for the end of a run."""
    if "troubles" in cost:
        return "A month's cost is not told: something has no price. playbooks/cost.yml names it."
    parts = [f"A month costs {money(cost['total'])} USD as declared"]
    if cost["difference"] or cost["not_counted"]:
        parts.append(f"{cost['difference']:+,.2f} by this {'plan' if check else 'run'}")
    if cost["not_counted"]:
        parts[-1] += f" without {', '.join(cost['not_counted'])}"
    budget = against_budget(cost)
    if budget:
        parts.append(budget)
    return ", ".join(parts) + " (playbooks/cost.yml)."


def table(estimate: dict[str, Any]) -> list[str]:
    """Lines: what each component counts, its sums, the total, the budget, the assumptions."""
    rows = [("component", "what it counts", "fixed", "by use")]
    for name, one in estimate["components"].items():
        rows += _rows(name, one)
    sums = ("total", "", money(estimate["fixed"]), money(estimate["use"]))
    width = max(len(row[0]) for row in rows)
    wide = min(WIDEST, max(len(row[1]) for row in rows))
    lines = [_line(row, width, wide) for row in rows]
    rule = "-" * len(lines[0])
    lines = [lines[0], rule, *lines[1:], rule, _line(sums, width, wide), ""]
    return [_title(estimate), "", *lines, *_ending(estimate)]


def _rows(name: str, one: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = []
    for line in one["lines"]:
        # What is assumed not to happen is no line; its assumption is listed below.
        if line["used"] and not line["monthly"]:
            continue
        cost = money(line["monthly"])
        what = f"{line['what']} *" if line["own_price"] else line["what"]
        cells = ("", cost) if line["used"] else (cost, "")
        rows.append((name if not rows else "", what, *cells))
    return rows or [(name, "nothing that costs", "", "")]


def _line(row: tuple[str, str, str, str], width: int, wide: int) -> str:
    return f"{row[0]:<{width}}  {row[1]:<{wide}}  {row[2]:>10}  {row[3]:>10}".rstrip()


def _title(estimate: dict[str, Any]) -> str:
    return (
        f"A month of {estimate['project']} {estimate['environment']} in {estimate['region']}, as its inventory "
        "declares it: USD, on demand, without taxes, discounts and free tiers."
    )


def _ending(estimate: dict[str, Any]) -> list[str]:
    told = against_budget(estimate)
    lines = [
        f"Together {money(estimate['total'])} USD a month"
        + (f", {told}." if told else ". There is no budget (cost_budget)."),
        "",
        "What depends on use is assumed; cost_usage in the inventory says it otherwise:",
    ]
    width = max((len(name) for name in estimate["usage"]), default=0)
    for name, one in sorted(estimate["usage"].items()):
        lines.append(f"  {name:<{width}}  {number(one['value']):>12}  {one['called']}")
    source = "" if estimate["verified"] else ", not compared with AWS's pages on this machine"
    factor = estimate["region_factor"]
    lines += [
        "",
        f"Prices as of {estimate['as_of']}{source} (roles/cost/prices/)"
        + (f", times {factor:g} for {estimate['region']}" if factor != 1 else "")
        + ".",
    ]
    own = any(line["own_price"] for one in estimate["components"].values() for line in one["lines"])
    return [*lines, "* at the inventory's own price (cost_prices)."] if own else lines
