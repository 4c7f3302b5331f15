# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Alarms: overrides of alarms that there are, and definitions that CloudWatch takes."""

from __future__ import annotations

import math
import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import nearest

LIST, OVERRIDES = "alarms_list", "alarms_overrides"
EVERY = ("description",)
METRIC = ("namespace", "statistic", "comparison", "threshold", "period", "missing")
MATH = ("metrics", "label")
AMOUNTS = ("max_connections", "storage")
MEMBER = re.compile(r"ALARM\((\w+)\)")
DAY = 86400


def check(environment: Environment, unsound: set[str]) -> None:
    """Note overrides that override nothing, and alarms that CloudWatch would refuse."""
    if {LIST, OVERRIDES} & unsound:
        return
    for host in environment.components:
        try:
            if environment.value("component_role", host) != "alarms":
                continue
            listed, overrides = (environment.value(name, host) for name in (LIST, OVERRIDES))
        except Unknown:
            continue
        _check(environment, host, listed or {}, overrides or {})


def _check(
    environment: Environment, host: str, listed: dict[str, Any], overrides: dict[str, Any]
) -> None:
    for name, own in overrides.items():
        if name not in listed and not {"metric", "expression", "rule"} & own.keys():
            near = nearest(name, listed)
            write = f"Write {near}." if near else f"It may be {', '.join(listed)}."
            says = "is no alarm of alarms_list, and none of its own: it has no metric"
            environment.complain(OVERRIDES, says, write, (name,), host)
            continue
        _check_one(environment, host, name, OVERRIDES, {**listed.get(name, {}), **own})
    names = {*listed, *overrides}
    for name in listed.keys() - overrides.keys():
        _check_one(environment, host, name, LIST, listed[name])
    for variable, alarms in ((LIST, listed), (OVERRIDES, overrides)):
        for name, one in alarms.items():
            for member in MEMBER.findall(str(one.get("rule", ""))):
                if member not in names:
                    near = nearest(member, names)
                    write = f"Write {near}." if near else f"It may be {', '.join(sorted(names))}."
                    says = f"names {member}, which is no alarm"
                    environment.complain(variable, says, write, (name, "rule"), host)


def _check_one(
    environment: Environment, host: str, name: str, variable: str, alarm: dict[str, Any]
) -> None:
    wanted = EVERY if "rule" in alarm else (*EVERY, *METRIC)
    if "expression" in alarm:
        wanted = (*wanted, *MATH)
    missing = [key for key in wanted if key not in alarm]
    if missing:
        says = f"has no {', '.join(missing)}"
        environment.complain(
            variable, says, f"Write {missing[0]} into alarms_overrides.{name}.", (name,), host
        )
        return
    _check_threshold(environment, host, name, variable, alarm.get("threshold"))
    periods = alarm.get("periods", 1)
    if alarm.get("datapoints", 1) > periods:
        says = f"is {alarm['datapoints']}, of {periods} periods"
        keys = (name, "datapoints")
        environment.complain(variable, says, f"Write {periods} or less.", keys, host)
    # PutMetricAlarm: a day, a week where a period is an hour or longer.
    most = 7 * DAY if alarm.get("period", 0) >= 3600 else DAY
    if alarm.get("period", 0) * periods > most:
        says = f"is {periods}, of {alarm['period']} seconds each: AWS looks back {most // 3600} hours at most"
        environment.complain(
            variable, says, f"Write {most // alarm['period']} or less.", (name, "periods"), host
        )


def _check_threshold(
    environment: Environment, host: str, name: str, variable: str, threshold: Any
) -> None:
    if threshold is None or _is_number(threshold):
        return
    if (
        isinstance(threshold, dict)
        and threshold.keys() == {"percent", "of"}
        and threshold["of"] in AMOUNTS
        and _is_number(threshold["percent"])
        and 0 <= threshold["percent"] <= 100
    ):
        return
    write = f"Write a number, or {{percent: 80, of: {' or '.join(AMOUNTS)}}}."
    environment.complain(
        variable, f"{threshold!r} is no threshold", write, (name, "threshold"), host
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
