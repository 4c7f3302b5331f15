# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Rules of a load balancer's listener, from the services behind it."""

from __future__ import annotations

from typing import Any

# ELBv2 quota: at most five values in the conditions of one rule.
VALUES_PER_RULE = 5


def listener_rules(
    services: dict[str, dict[str, Any]], target_groups: dict[str, str]
) -> list[dict[str, Any]]:
    """One rule for every five path patterns of a service, in the order of the services.

    `services` maps a name to a dict with `paths` (patterns such as /api/*); a service without paths
    has no rule, because it takes the rest. `target_groups` maps the same names to ARNs.
    """
    chunks = [
        (name, paths[start : start + VALUES_PER_RULE])
        for name, service in services.items()
        if (paths := service.get("paths", []))
        for start in range(0, len(paths), VALUES_PER_RULE)
    ]
    return [
        {
            "Priority": str(priority),
            "Conditions": [{"Field": "path-pattern", "Values": patterns}],
            "Actions": [{"Type": "forward", "TargetGroupArn": target_groups[name]}],
        }
        for priority, (name, patterns) in enumerate(chunks, start=1)
    ]


class FilterModule:
    """Filters about listeners."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"listener_rules": listener_rules}
