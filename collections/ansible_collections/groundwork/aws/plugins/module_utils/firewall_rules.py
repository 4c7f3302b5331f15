# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Rules of a security group as lines that a person reads."""

from __future__ import annotations

from typing import Any

EVERYTHING = ("-1", "all", "None")
# the API's list of sources, the key in it -> the argument of amazon.aws.ec2_security_group
SOURCES = (
    ("IpRanges", "CidrIp", "cidr_ip"),
    ("Ipv6Ranges", "CidrIpv6", "cidr_ipv6"),
    ("PrefixListIds", "PrefixListId", "ip_prefix"),
    ("UserIdGroupPairs", "GroupId", "group_id"),
)


def line(protocol: Any, ports: tuple[Any, Any], side: str, source: Any, why: Any) -> str:
    """A rule in a line: «tcp 443 from 0.0.0.0/0 (HTTPS)»."""
    if str(protocol) in EVERYTHING:
        what = "all"
    elif ports[0] is None:
        what = str(protocol)
    else:
        first_port, last_port = str(ports[0]), str(ports[1])
        span = first_port if first_port == last_port else f"{first_port}-{last_port}"
        what = f"{protocol} {span}"
    return f"{what} {side} {source}" + (f" ({why})" if why else "")


def lines(permissions: list[dict[str, Any]], side: str) -> list[str]:
    """The API's rules in lines."""
    return sorted(
        line(
            item["IpProtocol"],
            (item.get("FromPort"), item.get("ToPort")),
            side,
            source[key],
            source.get("Description"),
        )
        for item in permissions
        for sources, key, _ in SOURCES
        for source in item.get(sources, [])
    )
