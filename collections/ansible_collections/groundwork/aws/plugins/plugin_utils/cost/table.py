# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""An estimate as lines for people. Takes the dict of `Estimate.to_dict`."""

from __future__ import annotations

import textwrap
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.lines import number

WIDEST = 48
# Of a paragraph.
WIDE = 120


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
    # Only where prices come from several places it is told which from where.
    asked = "prices" in estimate
    rows = [("component", "what it counts", "fixed", "by use", "price" if asked else "")]
    for name, one in estimate["components"].items():
        rows += _rows(name, one, asked)
    sums = ("total", "", money(estimate["fixed"]), money(estimate["use"]), "")
    width = max(len(row[0]) for row in rows)
    wide = min(WIDEST, max(len(row[1]) for row in rows))
    lines = [_line(row, width, wide) for row in rows]
    rule = "-" * len(lines[0])
    lines = [lines[0], rule, *lines[1:], rule, _line(sums, width, wide), ""]
    return [_title(estimate), "", *lines, *_ending(estimate)]


Cells = tuple[str, str, str, str, str]


def _rows(name: str, one: dict[str, Any], asked: bool) -> list[Cells]:
    rows: list[Cells] = []
    for line in one["lines"]:
        # What is assumed not to happen is no line; its assumption is listed below.
        if line["used"] and not line["monthly"]:
            continue
        cost = money(line["monthly"])
        what = f"{line['what']} *" if line["own_price"] else line["what"]
        cells = ("", cost) if line["used"] else (cost, "")
        rows.append((name if not rows else "", what, *cells, line["source"] if asked else ""))
    return rows or [(name, "nothing that costs", "", "", "")]


def _line(row: Cells, width: int, wide: int) -> str:
    return f"{row[0]:<{width}}  {row[1]:<{wide}}  {row[2]:>10}  {row[3]:>10}  {row[4]}".rstrip()


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
    lines += ["", *_sources(estimate)]
    own = any(line["own_price"] for one in estimate["components"].values() for line in one["lines"])
    return [*lines, "* at the inventory's own price (cost_prices)."] if own else lines


def _sources(estimate: dict[str, Any]) -> list[str]:
    """Where the prices are from, and of when."""
    asked = estimate.get("prices")
    if asked is None:
        return [f"Prices {_of_table(estimate)}."]
    if asked["trouble"] and not asked["live"]:
        told = f"AWS's Price List could not be asked: {asked['trouble']}"
        return [told, f"Prices {_of_table(estimate)}."]
    lines = [
        f"Prices: live are {asked['live']} of AWS's Price List, asked at {asked['asked']}"
        f"{_published(asked['published'])}."
    ]
    if asked["trouble"]:
        lines.append(f"Then it could not be asked any more: {asked['trouble']}")
    if asked["missing"]:
        lines.append(f"Prices of the table {_of_table(estimate)}:")
        lines += _missing(asked["missing"])
    return lines


def _of_table(estimate: dict[str, Any]) -> str:
    source = "" if estimate["verified"] else ", not compared with AWS's pages on this machine"
    factor = estimate["region_factor"]
    return f"as of {estimate['as_of']}{source} (roles/cost/prices/)" + (
        f", times {factor:g} for {estimate['region']}" if factor not in (None, 1) else ""
    )


def _published(dates: list[str]) -> str:
    if not dates:
        return ""
    return f", published on {dates[0]}" + (f" to {dates[-1]}" if len(dates) > 1 else "")


def _missing(missing: list[dict[str, Any]]) -> list[str]:
    """What AWS did not tell, by its reason."""
    by_reason: dict[str, dict[str, list[str]]] = {}
    for one in missing:
        rows = by_reason.setdefault(one["why"], {}).setdefault(one["price"], [])
        rows += [one["row"]] if one["row"] else []
    lines = []
    for why, prices in by_reason.items():
        names = [f"{name} ({', '.join(rows)})" if rows else name for name, rows in prices.items()]
        text = f"{', '.join(names)}: {why}."
        lines += textwrap.wrap(text, WIDE, initial_indent="  ", subsequent_indent="    ")
    return lines


def compared(comparison: dict[str, Any]) -> list[str]:
    """The tables beside AWS's Price List, as lines for people."""
    factor = comparison["region_factor"]
    lines = [
        f"The tables in roles/cost/prices/, as of {comparison['as_of']}"
        + (f", times {factor:g}" if factor not in (None, 1) else "")
        + f", beside AWS's Price List for {comparison['region']}, asked at {comparison['asked']}"
        + f"{_published(comparison['published'])}.",
        "",
    ]
    moved = comparison["moved"]
    if moved:
        width = max(len(one["price"]) for one in moved)
        wide = max([len("row"), *(len(one["row"] or "") for one in moved)])
        lines.append(f"{'price':<{width}}  {'row':<{wide}}  {'table':>10}  {'live':>10}")
        lines += [
            f"{one['price']:<{width}}  {one['row'] or '':<{wide}}  {_figure(one['table']):>10}  "
            f"{_figure(one['live']):>10}  {_percent(one['percent'])}".rstrip()
            for one in moved
        ]
        lines.append("")
    lines.append(
        f"{len(moved)} moved, {comparison['same']} are as the tables have them, "
        f"{len(comparison['missing'])} AWS did not tell{':' if comparison['missing'] else '.'}"
    )
    return [*lines, *_missing(comparison["missing"])]


def _figure(usd: float | None) -> str:
    return "none" if usd is None else f"{usd:.10g}"


def _percent(percent: float | None) -> str:
    return "" if percent is None else f"{percent:+.1f} %"
