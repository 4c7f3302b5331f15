"""Public addresses come from a network that the lab can reach.

AWS gives addresses of its own; moto 5.2 gives random ones of 54.214.0.0/16, and the same one twice
now and then. In the lab they come from a network of the lab's bridge (`use_network`), each once.
"""

import itertools
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from moto.ec2.models import ec2_backends, elastic_ip_addresses, elastic_network_interfaces

_network = IPv4Network("54.214.0.0/16")


def use_network(network: IPv4Network) -> None:
    """Take public addresses from this network from now on."""
    global _network
    _network = network


def _taken() -> Iterator[str | None]:
    for _account, _region, backend in ec2_backends.iter_backends():
        yield from (address.public_ip for address in list(backend.addresses))
        yield from (interface.public_ip for interface in list(backend.enis.values()))


def next_address() -> str:
    """The lowest free address of the network, beyond its first sixteen."""
    taken = set(_taken())
    first = int(_network.network_address) + 16
    for number in itertools.count(first):
        address = str(IPv4Address(number))
        if address not in taken:
            return address
    raise AssertionError("count() ends")


elastic_network_interfaces.random_public_ip = next_address
elastic_ip_addresses.random_ip = next_address
