# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The alarms of an environment, from the list in group_vars and what the environment has."""

from __future__ import annotations

import re
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    mentions_placeholder,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.watched import amounts, resources

COMPARISONS = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}
MEMBER = re.compile(r"ALARM\((\w+)\)")
Definition = dict[str, Any]


def overridden(
    listed: dict[str, Definition], overrides: dict[str, Definition]
) -> dict[str, Definition]:
    """The list with an environment's own words: keys replaced by name, alarms added."""
    names = [*listed, *(name for name in overrides if name not in listed)]
    return {name: {**listed.get(name, {}), **overrides.get(name, {})} for name in names}


def alarms(
    definitions: dict[str, Definition],
    published: dict[str, dict[str, Any]],
    prefix: str,
    topic: str,
) -> list[dict[str, Any]]:
    """One alarm for each resource that a definition watches, as groundwork.aws.cloudwatch_alarms takes them.

    `published`: the outputs of components by name. A definition without `watches` is one alarm with the
    dimensions that it gives. A composite alarm names definitions: it means any of their alarms.
    """
    found, sizes = resources(published), amounts(published)
    on = {name: one for name, one in definitions.items() if one.get("enabled", True)}
    named: dict[str, list[str]] = {}
    made = []
    for name, one in on.items():
        if "rule" in one:
            continue
        subjects = {"": {}} if "watches" not in one else found.get(one["watches"], {})
        for label, dimensions in subjects.items():
            alarm = _metric_alarm(name, one, {**dimensions, **one.get("dimensions", {})}, sizes)
            alarm["name"] = _name(prefix, name, label)
            named.setdefault(name, []).append(alarm["name"])
            made.append(_with_actions(alarm, one, topic))
    for name, one in on.items():
        if "rule" in one:
            rule = MEMBER.sub(lambda match: _any(named.get(match[1], [])), one["rule"])
            alarm = {"name": _name(prefix, name, ""), "rule": rule}
            made.append(_with_actions(alarm, one, topic))
    return made


def _name(*parts: str) -> str:
    return "-".join(part.replace("_", "-") for part in parts if part)


def _any(names: list[str]) -> str:
    """A rule that is true when any of these alarms rings; never where there are none."""
    rule = " OR ".join(f'ALARM("{name}")' for name in names) or "FALSE"
    return f"({rule})" if len(names) > 1 else rule


def _with_actions(alarm: dict[str, Any], one: Definition, topic: str) -> dict[str, Any]:
    told = [topic] if topic and one.get("notify", True) else []
    return {**alarm, "description": one["description"], "alarm_actions": told, "ok_actions": told}


def _metric_alarm(
    name: str, one: Definition, dimensions: dict[str, str], sizes: dict[str, Any]
) -> dict[str, Any]:
    periods = one.get("periods", 1)
    alarm = {
        "threshold": _threshold(name, one["threshold"], sizes),
        "comparison": COMPARISONS[one["comparison"]],
        "evaluation_periods": periods,
        "datapoints_to_alarm": one.get("datapoints", periods),
        "treat_missing_data": one["missing"],
    }
    if "expression" in one:
        return {**alarm, "metrics": _metrics(one, dimensions)}
    return {
        **alarm,
        "namespace": one["namespace"],
        "metric": one["metric"],
        "statistic": one["statistic"],
        "period": one["period"],
        "dimensions": dimensions,
    }


def _metrics(one: Definition, dimensions: dict[str, str]) -> list[dict[str, Any]]:
    """The metrics of an expression, by the names that it gives them, and the expression itself."""
    parts = [
        {
            "id": key,
            "namespace": one["namespace"],
            "metric": metric,
            "dimensions": dimensions,
            "statistic": one["statistic"],
            "period": one["period"],
        }
        for key, metric in one["metrics"].items()
    ]
    return [*parts, {"id": "value", "expression": one["expression"], "label": one["label"]}]


def _threshold(name: str, threshold: Any, sizes: dict[str, Any]) -> Any:
    """A threshold as a number; a percentage is one of what is known of the environment."""
    if not isinstance(threshold, dict):
        return float(threshold)
    whole = sizes.get(threshold["of"])
    if mentions_placeholder(whole):
        return whole
    if whole is None:
        raise AnsibleFilterError(
            f"The alarm {name} rings at {threshold['percent']} % of {threshold['of']}, which is not known here (a class of "
            f"instances that is in no table). Write alarms_overrides: {{{name}: {{threshold: NUMBER}}}}."
        )
    return float(round(whole * threshold["percent"] / 100))


class FilterModule:
    """Filters about alarms."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"alarms": alarms, "alarms_overridden": overridden}
