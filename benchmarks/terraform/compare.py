"""Says whether two accounts hold the same, apart from what AWS makes up for each resource.

    python -m benchmarks.terraform.compare http://127.0.0.1:6100 http://127.0.0.1:6200

Exit code 0 when they are equal, 1 when they are not. Credentials and region come from the
environment.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.terraform import infrastructure, services
from benchmarks.terraform.account import Account, Properties

# AWS makes these up for each resource, or they tell the time.
MADE_UP = {
    "ResponseMetadata",
    *("AttachTime", "AuthTokenLastModifiedDate", "CacheClusterCreateTime", "CreateDate"),
    *("CreateTime", "CreatedAt", "CreatedDate", "CreatedTime", "CreationDate", "CreationDateTime"),
    "CreationTime",
    *("InstanceCreateTime", "IssuedAt", "LastAccessedDate", "LastChangedDate"),
    *("LatestRestorableTime", "LaunchTime", "NotAfter", "NotBefore", "ReplicationGroupCreateTime"),
    *("UpdateDate", "createdAt", "creationTime"),
    "AlarmConfigurationUpdatedTimestamp",
    *("CallerReference", "ClientToken", "DbiResourceId", "InstanceProfileId", "KeyPairId"),
    *("MacAddress", "PolicyId", "PrivateDnsName", "PrivateIp", "PrivateIpAddress"),
    *("PrivateIpAddresses", "PublicDnsName", "PublicIp", "PublicIpAddress", "ReservationId"),
    *("RoleId", "Serial", "TableId"),
    # The lock's item, which every run of Groundwork leaves behind.
    *("ItemCount", "TableSizeBytes"),
}
ASSOCIATIONS = "aclassoc|eipassoc|eni-attach|eni|iip-assoc|rtbassoc|vpc-cidr-assoc"
# Ids of what has no name, inside of longer texts too.
MADE_UP_TEXT = (
    (re.compile(rf"\b({ASSOCIATIONS})-[0-9a-f]{{8,17}}\b"), r"<\1>"),
    (re.compile(r"\.[0-9a-z]{6}\.use1\.cache\.amazonaws\.com"), ".<cache>"),
)
# AWS answers these where nothing was said about them. The emulator repeats the request instead, and
# Terraform's says more than Ansible's or less.
DEFAULTS = {
    "Configured": False,
    "MultiRegion": False,
    "Order": 1,
    "Scheme": "internet-facing",
    "unit": "None",
}
# What stays different: kind, property, reason.
EXCEPTIONS = (
    ("dashboard", r"Tags(\..*)?", "aws_cloudwatch_dashboard of provider 5.100 takes no tags"),
    (
        "default_security_group",
        r"Tags(\..*)?",
        "default_tags reach the VPC's own group, which Groundwork only empties",
    ),
    (
        "listener",
        r"Tags(\..*)?",
        "default_tags reach listeners, and the module elb_application_lb has no tags for them",
    ),
    (
        "listener_rule",
        r"Tags(\..*)?",
        "default_tags reach rules, and the module elb_application_lb has no tags for them",
    ),
    (
        "instance",
        r"NetworkInterfaces\.\d+\.Attachment\.DeleteOnTermination",
        "true on AWS for both; the emulator says so only where the request has an interface, as "
        "Ansible's has",
    ),
)


def read(endpoint: str) -> Account:
    """Read the account behind `endpoint`."""
    account = Account(endpoint)
    for reader in (*infrastructure.READERS, *services.READERS):
        reader(account)
    return account


def normalise(account: Account) -> dict[str, dict[str, Properties]]:
    """Give the account's resources without what AWS makes up, in an order of their own."""
    ids = sorted(account.ids, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, ids)) or "(?!)")

    def text(value: str) -> Any:
        if value.startswith("{"):
            try:
                return plain(json.loads(value))
            except ValueError:
                pass
        value = known.sub(lambda match: account.ids[match[0]], value)
        for pattern, name in MADE_UP_TEXT:
            value = pattern.sub(name, value)
        return value

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            # One condition in two forms, both of which AWS answers.
            if "PathPatternConfig" in value:
                value = {"Values": value["PathPatternConfig"]["Values"]} | value
                del value["PathPatternConfig"]
            return {key: plain(part) for key, part in value.items() if key not in MADE_UP}
        if isinstance(value, list | tuple):
            return _in_order([plain(part) for part in value])
        return text(value) if isinstance(value, str) else value

    return {
        kind: {name: plain(properties) for name, properties in resources.items()}
        for kind, resources in account.resources.items()
    }


def _in_order(parts: list[Any]) -> Any:
    """Order a list by its content; tags become a mapping, whatever a service calls their keys."""
    for key, value in (("Key", "Value"), ("TagKey", "TagValue")):
        if parts and all(isinstance(part, dict) and set(part) == {key, value} for part in parts):
            return {part[key]: part[value] for part in sorted(parts, key=lambda part: part[key])}
    return sorted(parts, key=lambda part: json.dumps(part, sort_keys=True, default=str))


def differences(
    left: dict[str, dict[str, Properties]], right: dict[str, dict[str, Properties]]
) -> Iterator[tuple[str, str, str, Any, Any]]:
    """Tell each difference: kind, name, property, and what the two accounts say."""
    for kind in sorted(left.keys() | right.keys()):
        ours, theirs = left.get(kind, {}), right.get(kind, {})
        for name in sorted(ours.keys() | theirs.keys()):
            if name not in ours or name not in theirs:
                yield kind, name, "", _presence(name in ours), _presence(name in theirs)
                continue
            for path, one, other in _unlike(ours[name], theirs[name], ""):
                if not _excepted(kind, path):
                    yield kind, name, path, one, other


def _excepted(kind: str, path: str) -> bool:
    return any(kind == one and re.fullmatch(pattern, path) for one, pattern, _ in EXCEPTIONS)


def _presence(there: bool) -> str:
    return "present" if there else "absent"


def _unlike(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            inner = f"{path}.{key}" if path else key
            default = DEFAULTS.get(key)
            yield from _unlike(one.get(key, default), other.get(key, default), inner)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (ours, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _unlike(ours, theirs, f"{path}.{index}")
    elif one != other:
        yield path, one, other


def told(one: str, other: str) -> tuple[list[str], tuple[int, int]]:
    """What differs between two accounts, in words, and how many resources each of them has."""
    left, right = normalise(read(one)), normalise(read(other))
    found = [
        f"{kind} {name} {path}\n  A: {_short(a)}\n  B: {_short(b)}"
        for kind, name, path, a, b in differences(left, right)
    ]
    return found, (sum(map(len, left.values())), sum(map(len, right.values())))


def main() -> int:
    """Compare the two accounts of the command line."""
    parser = argparse.ArgumentParser(description="Says whether two accounts hold the same.")
    parser.add_argument("left", metavar="URL_A", help="endpoint of the one account")
    parser.add_argument("right", metavar="URL_B", help="endpoint of the other account")
    arguments = parser.parse_args()
    found, counts = told(arguments.left, arguments.right)
    for difference in found:
        print(difference)
    print(f"{counts[0]} resources in A, {counts[1]} in B, {len(found)} differences.")
    for kind, pattern, reason in EXCEPTIONS:
        print(f"Not compared: {kind} {pattern}: {reason}.")
    return 1 if found or not all(counts) else 0


def _short(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


if __name__ == "__main__":
    sys.exit(main())
