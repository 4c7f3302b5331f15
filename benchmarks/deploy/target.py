"""Where the load may go: to the lab and nowhere else."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network

from benchmarks.deploy.errors import Stop

# The services that the lab itself runs for an environment, its balancers among them.
ALLOWED = IPv4Network("10.16.0.0/16")


def look_up(name: str) -> list[str]:
    """The addresses of a name, as this machine resolves it."""
    return [str(one[4][0]) for one in socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)]


def address_of(name: str, resolve: Callable[[str], list[str]] = look_up) -> IPv4Address:
    """The lab's address of a name. Raises Stop where one of its addresses is outside of the lab."""
    try:
        found = list(dict.fromkeys(resolve(name)))
    except OSError as error:
        raise Stop(
            f"{name} has no address here ({error.strerror}). The lab names it while a balancer "
            "stands: make demo"
        ) from None
    for one in found:
        if ":" in one or IPv4Address(one) not in ALLOWED:
            raise Stop(
                f"{name} is {one}, which is not in the lab ({ALLOWED}): no load is sent there. "
                "Look at /etc/hosts, and at the lab with: make lab-status"
            )
    return IPv4Address(found[0])
