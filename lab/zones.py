"""What the lab's resolver answers: AWS's own names, and the records of Route53's zones."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from pathlib import Path

from lab.emulator.records import Instance, RecordSet
from lab.settings import Settings

_NAME = re.compile(r"(\*\.)?([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
# Docker's resolver in a container: it asks this machine's, also one at a loopback address.
_DOCKERS = "127.0.0.11"
_DEPTH = 8


def configuration(
    settings: Settings,
    upstream: Iterable[str],
    fixed: Mapping[str, IPv4Address],
    zones: Iterable[str],
    records: Iterable[RecordSet],
) -> str:
    """Write dnsmasq's configuration.

    `fixed` are names with an address of the lab (endpoints, instances); a record that points at one
    of them, or at another record, is answered with its address.
    """
    region = settings.region
    lines = [
        "no-resolv", "no-hosts", "no-poll", "user=root", "bind-interfaces", "local-ttl=1",
        f"listen-address={settings.names_address}",
        *(f"server={address}" for address in upstream),
        f"address=/amazonaws.com/{settings.names_address}",
        f"address=/dkr.ecr.{region}.amazonaws.com/{settings.registry_address}",
        # An endpoint that is not there has no address, whatever the line above says.
        *(f"address=/{suffix}/" for suffix in _endpoints(region)),
        "local=/ec2.internal/",
    ]  # fmt: skip
    lines += [f"local=/{zone}/" for zone in sorted(set(zones)) if _NAME.fullmatch(zone)]
    lines += [
        f"host-record={name},{address}" for name, address in sorted(fixed.items())
        if _NAME.fullmatch(name)
    ]  # fmt: skip
    for record in records:
        lines += _lines(record, fixed, records)
    return "\n".join(dict.fromkeys(lines)) + "\n"


def addresses(
    records: Iterable[RecordSet], fixed: Mapping[str, IPv4Address]
) -> dict[str, IPv4Address]:
    """Tell the plain names of the zones that have an address, for a hosts file."""
    records = list(records)
    found: dict[str, IPv4Address] = {}
    for record in records:
        if "*" in record.name or not _NAME.fullmatch(record.name):
            continue
        answers = _resolve(record, fixed, records) if record.type in ("A", "CNAME") else []
        if answers:
            found[record.name] = answers[0]
    return found


def of_instances(instances: Iterable[Instance]) -> dict[str, IPv4Address]:
    """Tell the names that EC2 gives to instances; inside, the public one leads to the private."""
    found: dict[str, IPv4Address] = {}
    for instance in instances:
        if instance.state != "terminated":
            found[instance.private_name] = instance.private_address
            if instance.public_name:
                found[instance.public_name] = instance.private_address
    return found


def upstream(files: Iterable[Path]) -> list[str]:
    """List the machine's resolvers from the first of some `resolv.conf` that names usable ones."""
    for path in files:
        if not path.is_file():
            continue
        words = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        servers = [line[1] for line in words if len(line) > 1 and line[0] == "nameserver"]
        if usable := [one for one in servers if not one.startswith("127.") and ":" not in one]:
            return usable
    return [_DOCKERS]


def _endpoints(region: str) -> tuple[str, ...]:
    return (f"{region}.rds.amazonaws.com", "cache.amazonaws.com", "elb.amazonaws.com",
            f"{region}.elb.amazonaws.com")  # fmt: skip


def _lines(
    record: RecordSet, fixed: Mapping[str, IPv4Address], records: Iterable[RecordSet]
) -> list[str]:
    if not _NAME.fullmatch(record.name):
        return []
    if record.type in ("A", "CNAME"):
        answers: list[IPv4Address | IPv6Address] = list(_resolve(record, fixed, records))
    elif record.type == "AAAA":
        answers = [IPv6Address(value) for value in record.values]
    elif record.type == "TXT":
        return [f"txt-record={record.name},{value}" for value in record.values
                if re.fullmatch(r'("[^"\n]*" ?)+', value)]  # fmt: skip
    else:
        return []
    if record.name.startswith("*."):
        return [f"address=/{record.name[2:]}/{answer}" for answer in answers]
    return [f"host-record={record.name},{answer}" for answer in answers]


def _resolve(
    record: RecordSet,
    fixed: Mapping[str, IPv4Address],
    records: Iterable[RecordSet],
    depth: int = 0,
) -> list[IPv4Address]:
    """Follow aliases and canonical names to addresses; none for what leads out of the lab."""
    if record.type == "A" and not record.alias:
        found = []
        for value in record.values:
            try:
                found.append(IPv4Address(value))
            except AddressValueError:
                continue
        return found
    targets = [record.alias] if record.alias else [value.rstrip(".") for value in record.values]
    answers: list[IPv4Address] = []
    for target in targets:
        name = target.lower().removeprefix("dualstack.")
        if name in fixed:
            answers.append(fixed[name])
        elif depth < _DEPTH:
            for other in records:
                if other.name == name and other.type in ("A", "CNAME"):
                    answers += _resolve(other, fixed, records, depth + 1)
    return answers
