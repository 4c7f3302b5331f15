# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Tables for people: the history of runs, the outputs of components."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.durations import spoken

_HEAD = ("started (UTC)", "operation", "verdict", "took", "changes", "by", "commit")


def newest_runs(records: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The records of runs (by key), the newest first."""
    return [records[key] for key in sorted(records, reverse=True)]


def _changes(record: dict[str, Any]) -> str:
    totals = record.get("totals") or {}
    signs = (("+", "create"), ("~", "update"), ("-", "delete"))
    return " ".join(f"{sign}{totals[name]}" for sign, name in signs if totals.get(name)) or "none"


def _operation(record: dict[str, Any]) -> str:
    limit = record.get("limit")
    return f"{record.get('operation', '?')} ({limit})" if limit else record.get("operation", "?")


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    commit = str(record.get("commit") or "")[:8]
    return (
        str(record.get("started", "?")).replace("T", " ").removesuffix("Z"),
        _operation(record),
        str(record.get("verdict", "?")),
        spoken(record["duration"]) if "duration" in record else "",
        _changes(record),
        f"{record.get('user', '?')} on {record.get('host', '?')}",
        f"{commit} (dirty)" if commit and record.get("dirty") else commit,
    )


def columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Lines in which the cells of all rows stand below each other."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def run_table(records: list[dict[str, Any]]) -> list[str]:
    """Lines: one for each run, below it why it failed or whose lock it took."""
    if not records:
        return ["No run has left a record yet."]
    lines = columns([_HEAD, *map(_row, records)])
    told = lines[:1]
    for line, record in zip(lines[1:], records, strict=True):
        told.append(line)
        told += [f"    {one['host']}: {one['message']}" for one in record.get("failed") or []]
        if record.get("reason"):
            told.append(f"    {record['reason']} (it was held by {record.get('held_by', '?')})")
    return told


def output_table(outputs: dict[str, dict[str, Any]]) -> list[str]:
    """Lines: component, name and value of each output; what is not text, as JSON."""
    rows = [
        (component, name, value if isinstance(value, str) else json.dumps(value))
        for component, published in sorted(outputs.items())
        for name, value in sorted(published.items())
    ]
    return columns([("component", "output", "value"), *rows])


class FilterModule:
    """Filters about runs and outputs."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"newest_runs": newest_runs, "run_table": run_table, "output_table": output_table}
