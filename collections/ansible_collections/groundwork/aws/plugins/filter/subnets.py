# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The subnets of a network, from its range and zones."""

from __future__ import annotations

import ipaddress
from typing import Any

from ansible.errors import AnsibleFilterError


def subnets(cidr: str, zones: list[str], prefix: int = 24) -> list[dict[str, Any]]:
    """One public and one private subnet in each zone.

    The public ones are cut from the beginning of `cidr`, the private ones from its middle, so that
    zones can be added later without moving a subnet. Returns dicts of name, zone, cidr, public.
    """
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        raise AnsibleFilterError(
            f"subnets: {cidr!r} is not a network in CIDR form, such as 10.20.0.0/16: {error}"
        ) from error
    if prefix <= network.prefixlen:
        raise AnsibleFilterError(f"subnets: /{prefix} subnets do not fit into {cidr}")
    pool = list(network.subnets(new_prefix=prefix))
    half = len(pool) // 2
    if len(zones) > half:
        raise AnsibleFilterError(
            f"subnets: {cidr} holds {len(pool)} subnets of /{prefix}, {2 * len(zones)} are needed"
        )
    return [
        {
            "name": f"{kind}-{zone[-1]}",
            "zone": zone,
            "cidr": str(pool[offset + index]),
            "public": kind == "public",
        }
        for kind, offset in (("public", 0), ("private", half))
        for index, zone in enumerate(zones)
    ]


class FilterModule:
    """Filters about subnets."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"subnets": subnets}
