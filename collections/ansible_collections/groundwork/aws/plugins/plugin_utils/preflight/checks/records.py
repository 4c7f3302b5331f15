# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Further records of the zone: values that Route 53 takes, and none that stands in another's way."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.checks.names import zone_of
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)

VARIABLE = "dns_records_extra"
HOST = r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.?"
NUMBER = r"\d{1,5}"
TEXT = r'"([^"\\]|\\.){0,255}"'
# How a value of each type is written (RFC 1035 and its successors, as Route 53 takes them), and an example.
FORMS = {
    "CAA": (r'(0|128) (issue|issuewild|iodef) "[^"]*"', '0 issue "amazon.com"'),
    "CNAME": (HOST, "app.example.com"),
    "MX": (f"{NUMBER} {HOST}", "10 mail.example.com"),
    "NS": (HOST, "ns-1.example.com"),
    "PTR": (HOST, "host.example.com"),
    "SPF": (f"{TEXT}( {TEXT})*", "'\"v=spf1 -all\"'"),
    "SRV": (f"{NUMBER} {NUMBER} {NUMBER} {HOST}", "10 5 5060 sip.example.com"),
    "TXT": (f"{TEXT}( {TEXT})*", "'\"v=spf1 -all\"'"),
}
ADDRESSES = {
    "A": (ipaddress.IPv4Address, "192.0.2.1"),
    "AAAA": (ipaddress.IPv6Address, "2001:db8::1"),
}


def check(environment: Environment, host: str, values: Any) -> None:
    """Note records that Route 53 would refuse. `values`: the component's variables by name; one that is not sound is None."""
    aliases = [str(name).rstrip(".") for name in values["dns_records_aliases"] or []]
    taken = {(name, "A"): "an alias to the load balancer" for name in aliases}
    names = {name: ["A"] for name in aliases}
    zone = zone_of(environment)
    if zone:
        taken[zone, "NS"] = "Route 53's own"
        names.setdefault(zone, []).append("NS")
    records = values[VARIABLE] or []
    for index, record in enumerate(records):
        _check_value(environment, host, index, record)
        name, kind = str(record["name"]).rstrip(".").lower(), record["type"]
        if (name, kind) in taken:
            says = f"{kind} {name} is {taken[name, kind]} already"
            write = (
                "Give it another name."
                if (name, kind) == (zone, "NS")
                else "Put all values into one."
            )
            environment.complain(VARIABLE, says, write, (index,), host)
        taken[name, kind] = f"{VARIABLE}[{index}]"
        names.setdefault(name, []).append(kind)
    for index, record in enumerate(records):
        name = str(record["name"]).rstrip(".").lower()
        if record["type"] == "CNAME" and set(names[name]) != {"CNAME"}:
            says = f"{name} has other records, and a CNAME stands alone in DNS"
            environment.complain(VARIABLE, says, "Give it another name.", (index,), host)


def _check_value(environment: Environment, host: str, index: int, record: dict[str, Any]) -> None:
    kind, given = record["type"], record["value"]
    listed = given if isinstance(given, list) else [given]
    _, example = ADDRESSES.get(kind) or FORMS.get(kind) or (None, "text")
    keys = (index, "value")
    if not listed or (kind == "CNAME" and len(listed) > 1):
        says = f"has {len(listed)} values, a CNAME has one" if listed else "is empty"
        environment.complain(VARIABLE, says, f"Write {example}.", keys, host)
    for place, value in enumerate(listed):
        if not _is_right(kind, value):
            at = (*keys, place) if isinstance(given, list) else keys
            says = f"{value!r} is no value of a record {kind}"
            environment.complain(VARIABLE, says, f"Write it as in {example}.", at, host)


def _is_right(kind: str, value: Any) -> bool:
    if kind in ADDRESSES:
        try:
            ADDRESSES[kind][0](value if isinstance(value, str) else "")
        except ValueError:
            return False
        return True
    if kind not in FORMS:
        return isinstance(value, str)  # DS, NAPTR: AWS judges them
    return isinstance(value, str) and re.fullmatch(FORMS[kind][0], value) is not None
