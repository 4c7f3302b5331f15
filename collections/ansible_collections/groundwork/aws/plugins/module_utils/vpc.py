# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What stands in a VPC or uses a security group, and so keeps it from being deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    boto3_tag_list_to_ansible_dict,
)


@dataclass(frozen=True)
class Kind:
    """A kind of resource: how EC2 lists those in a VPC or with a group, and what says where each is."""

    name: str
    operation: str
    key: str
    identity: str
    in_vpc: tuple[str, ...]
    with_group: tuple[str, ...] = ()
    place: str = "VpcId"
    expected: Callable[[dict[str, Any]], bool] = lambda _: False


def _state(*gone: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a resource's state is one in which it holds nothing any more."""

    def check(item: dict[str, Any]) -> bool:
        state = item.get("State") or item.get("Status") or {}
        return (
            state.get("Name") or state.get("Code") if isinstance(state, dict) else state
        ) in gone

    return check


def _is_main(table: dict[str, Any]) -> bool:
    return any(association.get("Main") for association in table.get("Associations", []))


KINDS = (
    Kind(
        "instance", "describe_instances", "Reservations", "InstanceId", ("vpc-id",),
        ("instance.group-id",), "SubnetId", _state("terminated"),
    ),
    Kind(
        "network interface", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId",
        ("vpc-id",), ("group-id",), "SubnetId", lambda nic: nic.get("Attachment", {}).get("DeviceIndex") == 0,
    ),
    Kind(
        "NAT gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId", ("vpc-id",),
        place="SubnetId", expected=_state("deleted", "failed"),
    ),
    Kind(
        "VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", ("vpc-id",),
        expected=_state("deleted"),
    ),
    Kind(
        "security group", "describe_security_groups", "SecurityGroups", "GroupId", ("vpc-id",),
        ("ip-permission.group-id", "egress.ip-permission.group-id"),
        expected=lambda group: group["GroupName"] == "default",
    ),
    Kind("subnet", "describe_subnets", "Subnets", "SubnetId", ("vpc-id",)),
    Kind(
        "route table", "describe_route_tables", "RouteTables", "RouteTableId", ("vpc-id",),
        expected=_is_main,
    ),
    Kind(
        "network ACL", "describe_network_acls", "NetworkAcls", "NetworkAclId", ("vpc-id",),
        expected=lambda acl: acl["IsDefault"],
    ),
    Kind(
        "internet gateway", "describe_internet_gateways", "InternetGateways", "InternetGatewayId",
        ("attachment.vpc-id",),
    ),
    Kind(
        "VPN gateway", "describe_vpn_gateways", "VpnGateways", "VpnGatewayId",
        ("attachment.vpc-id",), expected=_state("deleted"),
    ),
    Kind(
        "peering connection", "describe_vpc_peering_connections", "VpcPeeringConnections",
        "VpcPeeringConnectionId", ("requester-vpc-info.vpc-id", "accepter-vpc-info.vpc-id"),
        expected=_state("deleted", "rejected", "expired", "failed"),
    ),
)  # fmt: skip


def _items(answer: dict[str, Any], kind: Kind) -> Iterator[dict[str, Any]]:
    for item in answer[kind.key]:
        yield from item["Instances"] if kind.key == "Reservations" else [item]


def dependents(
    client: Any, vpc_id: str | None, group_ids: list[str], tags: dict[str, str]
) -> list[dict[str, Any]]:
    """What is in the VPC, or uses the groups, and does not carry all of `tags`.

    Each with id, type, name, `passing` (AWS takes it away by itself, in minutes) and text.
    """
    found: dict[str, dict[str, Any]] = {}
    held: set[str] = set()
    for kind in KINDS:
        for name in kind.in_vpc if vpc_id else kind.with_group:
            filters = [{"Name": name, "Values": [vpc_id] if vpc_id else group_ids}]
            for item in _items(getattr(client, kind.operation)(Filters=filters), kind):
                about = boto3_tag_list_to_ansible_dict(item.get("Tags") or item.get("TagSet") or [])
                if item[kind.identity] in group_ids or kind.expected(item):
                    continue
                if tags.items() <= about.items():
                    held |= _interfaces(item)
                else:
                    found[item[kind.identity]] = _described(item, kind, about, vpc_id, group_ids)
    return [one for identity, one in found.items() if identity not in held]


def _interfaces(gateway: dict[str, Any]) -> set[str]:
    """The interfaces of a NAT gateway (none of anything else): untagged, they go with it."""
    addresses = gateway.get("NatGatewayAddresses") or []
    return {one["NetworkInterfaceId"] for one in addresses if one.get("NetworkInterfaceId")}


def _described(
    item: dict[str, Any], kind: Kind, tags: dict[str, str], vpc_id: str | None, groups: list[str]
) -> dict[str, Any]:
    identity, name = item[kind.identity], tags.get("Name") or item.get("GroupName", "")
    notes = [name] if name else []
    notes += [item["Description"]] if kind.name == "network interface" else []
    component = tags.get("Component")
    notes.append(f"component {component}" if component else "not tagged as ours")
    where = f"is in {item.get(kind.place) or vpc_id}" if vpc_id else _use(item, kind, groups)
    return {
        "id": identity,
        "type": kind.name,
        "name": name,
        "passing": bool(item.get("RequesterManaged")) or _state("shutting-down", "deleting")(item),
        "text": f"{kind.name} {identity} ({', '.join(note for note in notes if note)}) {where}",
    }


def _use(item: dict[str, Any], kind: Kind, groups: list[str]) -> str:
    verb = "refers to" if kind.name == "security group" else "has"
    used = [group for group in groups if f"'{group}'" in repr(item)]
    return f"{verb} {', '.join(used) or 'one of them'}"
