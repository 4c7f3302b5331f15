# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Whether the network holds its subnets, and who may reach SSH."""

from __future__ import annotations

import ipaddress

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.rule import kind_of

# The widest range that may be one organisation's.
NARROW = 8


def check(environment: Environment, unsound: set[str]) -> None:
    """Note ranges that are too small, too large or not private, and doors that stand open."""
    for host in environment.components:
        try:
            if environment.value("component_role", host) == "network":
                _check_network(environment, host, unsound)
        except Unknown:
            continue
    _check_ssh(environment, unsound)


def _check_network(environment: Environment, host: str, unsound: set[str]) -> None:
    if unsound & {"network_cidr", "network_subnet_prefix", "network_zone_letters"}:
        return
    network = ipaddress.IPv4Network(environment.value("network_cidr", host))
    prefix = environment.value("network_subnet_prefix", host)
    zones = environment.value("network_zone_letters", host)
    if not 16 <= network.prefixlen <= 28:
        says = f"is a /{network.prefixlen}, AWS takes /16 to /28"
        write = f"Write {network.network_address}/16."
        environment.complain("network_cidr", says, write, host=host)
        return
    if not network.is_private or network.is_loopback or network.is_link_local:
        says = f"{network} is not a private range"
        write = "Take it from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, as in 10.20.0.0/16."
        environment.complain("network_cidr", says, write, host=host)
        return
    fits = 2 ** max(prefix - network.prefixlen, 0)
    wanted = 2 * len(zones)
    # Private subnets begin in the middle, so each half must hold one for each zone.
    if prefix <= network.prefixlen or wanted > fits:
        says = (
            f"{network} holds {fits if prefix > network.prefixlen else 0} subnets of /{prefix}, "
            f"{wanted} are wanted: a public and a private one in each of {len(zones)} zones"
        )
        needed = prefix - (2 * max(len(zones), 1) - 1).bit_length()
        if needed >= 16:
            larger = network.supernet(new_prefix=min(needed, network.prefixlen))
            write = f"Write {larger}, or a larger network_subnet_prefix."
        else:
            write = "Write a larger network_subnet_prefix, as in 24."
        environment.complain("network_cidr", says, write, host=host)


def _check_ssh(environment: Environment, unsound: set[str]) -> None:
    if "ssh_allowed_cidrs" in unsound:
        return
    try:
        cidrs = environment.value("ssh_allowed_cidrs")
    except Unknown:
        return
    try:
        anywhere = environment.value("ssh_allowed_from_anywhere") is True
    except Unknown:
        anywhere = False
    for index, cidr in enumerate(cidrs):
        if kind_of(cidr) != "str" or anywhere:
            continue
        network = ipaddress.IPv4Network(cidr)
        if network.prefixlen < NARROW:
            much = "a large part of the" if network.prefixlen else "the whole"
            says = f"{cidr} lets {much} internet reach SSH"
            write = (
                "Write the range of your office or VPN, [] for nobody, "
                "or ssh_allowed_from_anywhere: true if that is what you want."
            )
            environment.complain("ssh_allowed_cidrs", says, write, (index,))
