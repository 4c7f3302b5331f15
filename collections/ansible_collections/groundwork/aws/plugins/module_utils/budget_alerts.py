# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""A budget's alerts, as its module compares them and as AWS names them."""

from __future__ import annotations

from typing import Any

# type (actual or forecasted), percent of the limit, whether above it, and `to`: whom it tells.
Alert = dict[str, Any]

# Addresses that AWS keeps for one alert.
MOST = 10


def key(alert: Alert) -> tuple[str, float, bool]:
    """By what two alerts are the same one."""
    return alert["type"], alert["percent"], alert["above"]


def in_order(alerts: list[Alert]) -> list[Alert]:
    """Alerts in the order of their type and threshold: AWS has none."""
    return sorted(alerts, key=key)


def notification(alert: Alert) -> dict[str, Any]:
    """An alert as AWS names it."""
    return {
        "NotificationType": alert["type"].upper(),
        "ComparisonOperator": "GREATER_THAN" if alert["above"] else "LESS_THAN",
        "Threshold": alert["percent"],
        "ThresholdType": "PERCENTAGE",
    }


def seen(one: dict[str, Any]) -> Alert:
    """What AWS says of a notification, without whom it tells."""
    return {
        "type": one["NotificationType"].lower(),
        "percent": float(one["Threshold"]),
        # Ours are per cent and above; another one is shown as it is, so that it is replaced.
        "above": one["ComparisonOperator"] == "GREATER_THAN"
        and one.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE",
    }


def subscribers(told: list[str]) -> list[dict[str, str]]:
    """E-mail addresses and topics as AWS names them."""
    return [
        {"SubscriptionType": "SNS" if one.startswith("arn:") else "EMAIL", "Address": one}
        for one in told
    ]
