# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What alarms and dashboards look at: resources as CloudWatch's metrics name them, and what is known of their size."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    mentions_placeholder,
)

GIB = 1024**3
# Memory in GiB of each family's size «large»: "DB instance classes, hardware specifications" in the RDS User Guide (2025).
# The other sizes of a family are multiples of it.
LARGE = {"t3": 8, "t4g": 8, "m": 8, "r": 16}
SIZES = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1.0, "xlarge": 2.0}
# Default of RDS for PostgreSQL: LEAST({DBInstanceClassMemory/9531392}, 5000), "Quotas and constraints for Amazon RDS".
BYTES_A_CONNECTION = 9531392
MOST_CONNECTIONS = 5000
CLASS = re.compile(r"db\.([a-z]+)([0-9]+[a-z]*)\.(?:([0-9]+)?(xlarge)|([a-z]+))")


def memory(instance_class: str) -> float | None:
    """Bytes of memory of a class of RDS instances; None for a class that is not in the table."""
    found = CLASS.fullmatch(instance_class)
    if not found:
        return None
    letter, generation, times, xlarge, size = found.groups()
    large = LARGE.get(letter + generation) or LARGE.get(letter)
    share = SIZES.get(xlarge or size)
    if large is None or share is None:
        return None
    return large * share * int(times or 1) * GIB


def max_connections(instance_class: str, parameter: Any) -> int | None:
    """Connections that PostgreSQL takes: the parameter where it is a number, else RDS's default for the class."""
    if re.fullmatch(r"[0-9]+", str(parameter or "")):
        return int(parameter)
    found = memory(instance_class)
    return None if found is None else min(int(found // BYTES_A_CONNECTION), MOST_CONNECTIONS)


def dimension(arn: str) -> str:
    """The end of a load balancer's or target group's ARN, as metrics name it: app/shop/50dc6c495c0c9188."""
    return arn.rpartition(":")[2].removeprefix("loadbalancer/")


def resources(published: dict[str, dict[str, Any]]) -> dict[str, dict[str, dict[str, str]]]:
    """The dimensions of what an environment has, by kind and label, from what its components published.

    A label ends a name: `app-1`, `api`, and nothing where there is only one.
    """
    of = {name: published.get(name) or {} for name in ("instances", "database", "cache")}
    balancer, certificate = (published.get(name) or {} for name in ("load_balancer", "certificate"))
    names, ids = of["instances"].get("names", []), of["instances"].get("ids", [])
    found: dict[str, dict[str, dict[str, str]]] = {
        "instance": {
            label: {"InstanceId": identifier}
            for label, identifier in zip(_ends(names), ids, strict=False)
        },
        "database": _single(of["database"].get("name"), "DBInstanceIdentifier"),
        "replica": {
            name: {"DBInstanceIdentifier": name} for name in of["database"].get("replicas", [])
        },
        "cache_node": {
            label: {"CacheClusterId": name}
            for label, name in zip(
                _ends(of["cache"].get("nodes", [])), of["cache"].get("nodes", []), strict=True
            )
        },
        "certificate": _single(certificate.get("arn"), "CertificateArn"),
        "load_balancer": {},
        "target_group": {},
    }
    if balancer.get("arn"):
        whole = {"LoadBalancer": dimension(balancer["arn"])}
        found["load_balancer"] = {"": whole}
        found["target_group"] = {
            name: {"TargetGroup": dimension(arn), **whole}
            for name, arn in balancer.get("target_groups", {}).items()
        }
    vaults = (published.get("backup") or {}).get("vault")
    found["backup_vault"] = _single(vaults, "BackupVaultName")
    return found


def _single(name: str | None, key: str) -> dict[str, dict[str, str]]:
    return {"": {key: name}} if name else {}


def _ends(names: list[str]) -> list[str]:
    """What tells names apart: their last two words for hosts (app-1), the last one for numbered nodes (001)."""
    return [
        "-".join(name.split("-")[-1 if re.search(r"-\d{3}$", name) else -2 :]) for name in names
    ]


def amounts(published: dict[str, dict[str, Any]]) -> dict[str, float | str | None]:
    """Of what thresholds may be a percentage: connections, and bytes of storage."""
    database = published.get("database") or {}
    size, kind = database.get("storage"), database.get("instance_class")
    return {
        "max_connections": kind
        if mentions_placeholder(kind)
        else max_connections(str(kind or ""), database.get("max_connections")),
        "storage": size * GIB if isinstance(size, int | float) else size,
    }
