# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Names in DNS that the environment's zone cannot hold."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)


def check(environment: Environment, host: str, values: Any, variables: tuple[str, ...]) -> None:
    """Note names outside of the zone. `values`: the component's variables by name; one that is not sound is None."""
    zone = zone_of(environment)
    if not zone:
        return
    for variable in variables:
        given = values[variable]
        for index, item in enumerate(given if isinstance(given, list) else [given]):
            name = str(item["name"] if isinstance(item, dict) else item or zone).rstrip(".")
            if name == zone or name.endswith(f".{zone}"):
                continue
            says = f"{name} is not within the zone {zone}, so no record of it can be made"
            write = f"Write {name.partition('.')[0]}.{zone}, or take it out."
            keys = (index,) if isinstance(given, list) else ()
            environment.complain(variable, says, write, keys, host)


def zone_of(environment: Environment) -> str | None:
    for host in environment.components:
        try:
            if environment.value("component_role", host) == "dns_zone":
                return str(environment.value("dns_zone_name", host))
        except Unknown:
            continue
    return None
