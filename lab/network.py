"""The lab's bridge, its addresses, and what may already be in their way."""

import json
import re
import socket
import subprocess
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import docker
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from lab.dockerd import default_mtu
from lab.errors import LabError
from lab.settings import Settings


def ensure(client: docker.DockerClient, settings: Settings) -> None:
    """Have the lab's network, its bridge and the metadata address on it. Idempotent."""
    try:
        client.networks.get(settings.network)
    except NotFound:
        check_subnet(settings)
        _create(client, settings)
    ensure_metadata_address(settings)
    _let_in(settings)


def ensure_metadata_address(settings: Settings) -> None:
    """Put 169.254.169.254 on the bridge; no other interface gets it, no route changes."""
    wanted = settings.metadata_address
    device = f"/sys/class/net/{settings.bridge}"
    if Path(device).exists() and wanted not in addresses(settings.bridge):
        _ip("address", "replace", f"{wanted}/32", "dev", settings.bridge, "scope", "link")


def remove(client: docker.DockerClient, settings: Settings) -> None:
    """Remove the network with whatever is still attached to it."""
    try:
        network = client.networks.get(settings.network)
    except NotFound:
        return
    network.reload()
    for identity in network.attrs["Containers"]:
        try:
            client.api.remove_container(identity, force=True, v=True)
        except NotFound:
            continue
    network.remove()
    _iptables("-D", *_input_rule(settings))


def addresses(device: str) -> set[IPv4Address]:
    """List a network device's IPv4 addresses, none when there is no such device."""
    done = subprocess.run(["ip", "-j", "-4", "address", "show", "dev", device],
                          capture_output=True, text=True)  # fmt: skip
    found = json.loads(done.stdout or "[]")
    return {IPv4Address(one["local"]) for device in found for one in device.get("addr_info", [])}


def overlapping(subnet: IPv4Network, routes: list[dict], bridge: str) -> str:
    """Tell which route of the machine lies in a subnet, empty when none does.

    `routes` are those of `ip -j -4 route`; the lab's own bridge does not count.
    """
    for route in routes:
        destination = route["dst"]
        if destination == "default" or route.get("dev") == bridge:
            continue
        if IPv4Network(destination, strict=False).overlaps(subnet):
            return f"{destination} (device {route.get('dev', '?')})"
    return ""


def check_subnet(settings: Settings) -> None:
    """Raise LabError when the machine already uses a part of the lab's subnet."""
    done = subprocess.run(["ip", "-j", "-4", "route"], capture_output=True, text=True)
    taken = overlapping(settings.subnet, json.loads(done.stdout or "[]"), settings.bridge)
    if taken:
        raise LabError(
            f"the lab's subnet {settings.subnet} is taken: this machine has a route to {taken}",
            "remove that network while the lab runs (a Docker network: docker network rm NAME)",
        )


def check_ports(settings: Settings) -> None:
    """Raise LabError when something else listens where the lab will."""
    for address, port in (
        (settings.gateway, settings.emulator_port),
        (settings.gateway, settings.packages_port),
        (settings.metadata_address, 80),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((str(address), port))
            except OSError as error:
                raise LabError(
                    f"port {port} on {address} is taken{_owner(port)}: {error.strerror}",
                    f"stop what listens there (ss -ltnp 'sport = :{port}'), then: make lab-up",
                ) from None


def _owner(port: int) -> str:
    done = subprocess.run(["ss", "-Hltnp", f"sport = :{port}"], capture_output=True, text=True)
    found = re.search(r'\("(?P<name>[^"]+)",pid=(?P<pid>\d+)', done.stdout)
    return f" by {found['name']} (pid {found['pid']})" if found else ""


def _create(client: docker.DockerClient, settings: Settings) -> None:
    pool = IPAMPool(
        subnet=str(settings.subnet),
        iprange=str(settings.molecule_pool),
        gateway=str(settings.gateway),
    )
    try:
        client.networks.create(
            settings.network,
            driver="bridge",
            ipam=IPAMConfig(pool_configs=[pool]),
            options={
                "com.docker.network.bridge.name": settings.bridge,
                "com.docker.network.driver.mtu": str(default_mtu()),
            },
            labels={settings.label: "1"},
        )
    except APIError as error:
        raise LabError(
            f"Docker could not make the network {settings.network} ({settings.subnet}): "
            f"{error.explanation}",
            "find the network in its way: docker network ls, docker network inspect NAME",
        ) from None


def _let_in(settings: Settings) -> None:
    """Let the lab's containers reach this machine's side of the bridge past a closed firewall."""
    closed = "-P INPUT ACCEPT" not in _iptables("-S", "INPUT").stdout
    if closed and _iptables("-C", *_input_rule(settings)).returncode:
        _iptables("-I", *_input_rule(settings))


def _input_rule(settings: Settings) -> tuple[str, ...]:
    return ("INPUT", "-i", settings.bridge, "-j", "ACCEPT")


def _iptables(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["iptables", "-w", *arguments], capture_output=True, text=True)


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
