# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The body of an environment's dashboard, from rows of widgets and what the environment has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.watched import resources

# CloudWatch's grid.
WIDTH = 24
HEIGHTS = {"alarms": 4, "graph": 6, "log": 4}
Row = list[dict[str, Any]]
Where = dict[str, Any]


def dashboard(
    rows: list[Row],
    published: dict[str, dict[str, Any]],
    alarms: list[dict[str, Any]],
    where: Where,
) -> dict[str, Any]:
    """The body as PutDashboard takes it.

    A widget is a graph of `metrics` of all that it `watches`, with the threshold of each alarm that
    looks at one of them; or the `alarms`; or lines of a log (`query`). `where`: region and account,
    the names of the services, and the log groups of queries.
    """
    widgets, top = [], 0
    for row in rows:
        shown = [one for one in (_widget(w, published, alarms, where) for w in row) if one]
        height = max((HEIGHTS[kind] for kind, _ in shown), default=0)
        for number, (kind, widget) in enumerate(shown):
            left, right = (WIDTH * n // len(shown) for n in (number, number + 1))
            place = {"x": left, "y": top, "width": right - left, "height": height}
            widgets.append({"type": _TYPES[kind], **place, "properties": widget})
        top += height
    return {"widgets": widgets}


_TYPES = {"alarms": "alarm", "graph": "metric", "log": "log"}


def _widget(
    one: dict[str, Any],
    published: dict[str, dict[str, Any]],
    alarms: list[dict[str, Any]],
    where: Where,
) -> tuple[str, dict[str, Any]] | None:
    """What is in a widget, and its kind; None where the environment has nothing of it."""
    if one.get("alarms"):
        stem = f"arn:aws:cloudwatch:{where['region']}:{where['account']}:alarm:"
        return "alarms", {
            "title": one["title"],
            "alarms": [f"{stem}{alarm['name']}" for alarm in alarms],
        }
    if "query" in one:
        sources = " | ".join(f"SOURCE '{group}'" for group in where["log_groups"])
        query = f"{sources} | {one['query'].strip()}"
        return "log", {
            "title": one["title"],
            "region": where["region"],
            "query": query,
            "view": "table",
        }
    metrics = list(_metrics(one, published, where))
    if not metrics:
        return None
    graph: dict[str, Any] = {
        "title": one["title"],
        "region": where["region"],
        "view": "timeSeries",
        "stacked": False,
        "period": one.get("period", 300),
        "metrics": metrics,
    }
    axis = {key: one[key] for key in ("min", "max") if key in one}
    if axis:
        graph["yAxis"] = {"left": axis}
    lines = _thresholds(one, alarms)
    if lines:
        graph["annotations"] = {"horizontal": lines}
    return "graph", graph


def _metrics(
    one: dict[str, Any], published: dict[str, dict[str, Any]], where: Where
) -> Iterator[list[Any]]:
    """The lines of a graph: namespace, metric, its dimensions in pairs, and how it is drawn."""
    subjects = {**resources(published), "service": {name: {} for name in where["services"]}}
    for metric, drawn in one["metrics"].items():
        drawn = drawn if isinstance(drawn, list) else [drawn]
        for label, dimensions in subjects[one["watches"]].items():
            pairs = {**dimensions, **one.get("dimensions", {})}
            flat = [part for pair in sorted(pairs.items()) for part in pair]
            for how in drawn:
                many = len(subjects[one["watches"]]) > 1 or one["watches"] == "service"
                words = [how.get("label", ""), label if many else ""]
                options = {"stat": how["stat"], "label": " ".join(filter(None, words)) or metric}
                options |= {key: how[key] for key in ("color", "yAxis") if key in how}
                yield [one["namespace"], metric.replace("SERVICE", label), *flat, options]
    for metric, how in one.get("beside", {}).items():
        yield [how["namespace"], metric, {k: v for k, v in how.items() if k != "namespace"}]


def _thresholds(one: dict[str, Any], alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where alarms about these metrics ring, each height once."""
    heights = {
        alarm["threshold"]
        for alarm in alarms
        if alarm.get("namespace") == one["namespace"] and alarm.get("metric") in one["metrics"]
    }
    return [
        {"label": "alarm", "value": height, "color": "#d13212"}
        for height in sorted(heights, key=str)
    ]


class FilterModule:
    """Filters about dashboards."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"dashboard": dashboard}
