# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""An alarm in three languages: the module's arguments, CloudWatch's answers, CloudWatch's requests.

The first two are brought into one form, a flat dict, so that they can be compared.
"""

from __future__ import annotations

from typing import Any

Alarm = dict[str, Any]

# This form's key -> CloudWatch's.
COMMON = {
    "description": "AlarmDescription",
    "alarm_actions": "AlarmActions",
    "ok_actions": "OKActions",
    "actions_enabled": "ActionsEnabled",
    "insufficient_data_actions": "InsufficientDataActions",
}
METRIC = {
    "comparison": "ComparisonOperator",
    "threshold": "Threshold",
    "evaluation_periods": "EvaluationPeriods",
    "datapoints_to_alarm": "DatapointsToAlarm",
    "treat_missing_data": "TreatMissingData",
    "namespace": "Namespace",
    "metric": "MetricName",
    "period": "Period",
}
# What CloudWatch does where nothing is said.
DEFAULTS = {"actions_enabled": True, "insufficient_data_actions": []}


def asked(alarm: Alarm) -> Alarm:
    """The module's argument in the form that is compared."""
    wanted = {**DEFAULTS, **{key: value for key, value in alarm.items() if key != "name"}}
    for key in ("evaluation_periods", "datapoints_to_alarm", "period"):
        if key in wanted:
            wanted[key] = int(wanted[key])
    if isinstance(wanted.get("threshold"), int | float):
        wanted["threshold"] = float(wanted["threshold"])
    if "dimensions" in wanted:
        wanted["dimensions"] = {str(k): str(v) for k, v in wanted["dimensions"].items()}
    if "metrics" in wanted:
        wanted["metrics"] = sorted(wanted["metrics"], key=lambda part: part["id"])
    return wanted


def found(alarm: dict[str, Any]) -> Alarm:
    """CloudWatch's answer in the form that is compared, with the alarm's `arn`."""
    seen: Alarm = {"arn": alarm["AlarmArn"]}
    seen |= {key: alarm[name] for key, name in COMMON.items() if name in alarm}
    if "AlarmRule" in alarm:
        return {**DEFAULTS, **seen, "rule": alarm["AlarmRule"]}
    seen |= {key: alarm[name] for key, name in METRIC.items() if alarm.get(name) is not None}
    if alarm.get("Metrics"):
        parts = [_found_part(part) for part in alarm["Metrics"]]
        seen["metrics"] = sorted(parts, key=lambda part: part["id"])
    else:
        seen["dimensions"] = _plain(alarm.get("Dimensions", []))
        seen["statistic"] = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    seen.setdefault("datapoints_to_alarm", seen.get("evaluation_periods"))
    if alarm.get("Unit"):
        seen["unit"] = alarm["Unit"]
    return {**DEFAULTS, **seen}


def _found_part(part: dict[str, Any]) -> dict[str, Any]:
    if "MetricStat" not in part:
        label = {"label": part["Label"]} if part.get("Label") else {}
        return {"id": part["Id"], "expression": part["Expression"], **label}
    stat = part["MetricStat"]
    return {
        "id": part["Id"],
        "namespace": stat["Metric"]["Namespace"],
        "metric": stat["Metric"]["MetricName"],
        "dimensions": _plain(stat["Metric"].get("Dimensions", [])),
        "statistic": stat["Stat"],
        "period": stat["Period"],
    }


def _plain(dimensions: list[dict[str, str]]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in dimensions}


def _listed(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())]


def request(name: str, alarm: Alarm) -> dict[str, Any]:
    """The arguments of PutMetricAlarm, or of PutCompositeAlarm where there is a rule."""
    told = {COMMON[key]: alarm[key] for key in COMMON if key in alarm}
    told["AlarmName"] = name
    if "rule" in alarm:
        return {**told, "AlarmRule": alarm["rule"]}
    told |= {METRIC[key]: alarm[key] for key in METRIC if key in alarm}
    if "metrics" in alarm:
        return {**told, "Metrics": [_part(part) for part in alarm["metrics"]]}
    extended = alarm["statistic"].startswith("p")
    told["ExtendedStatistic" if extended else "Statistic"] = alarm["statistic"]
    return {**told, "Dimensions": _listed(alarm["dimensions"])}


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """One metric of an expression, or the expression, which is what the alarm looks at."""
    if "expression" in part:
        return {
            "Id": part["id"],
            "Expression": part["expression"],
            "Label": part["label"],
            "ReturnData": True,
        }
    metric = {
        "Namespace": part["namespace"],
        "MetricName": part["metric"],
        "Dimensions": _listed(part["dimensions"]),
    }
    stat = {"Metric": metric, "Period": part["period"], "Stat": part["statistic"]}
    return {"Id": part["id"], "MetricStat": stat, "ReturnData": False}
