"""Reads of the emulator's records for controllers in the same process: small, typed, fresh."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

from moto.core.base_backend import BackendDict
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.route53.models import route53_backends


@dataclass(frozen=True, slots=True)
class MetadataOptions:
    """How an instance's metadata service behaves."""

    enabled: bool
    token_required: bool
    hop_limit: int
    tags: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """An EC2 instance. `state`: pending, running, stopped, terminated ..."""

    id: str
    account: str
    region: str
    state: str
    private_address: IPv4Address
    public_address: IPv4Address | None
    private_name: str
    public_name: str
    mac: str
    key_name: str
    public_key: str
    user_data: bytes
    image_id: str
    instance_type: str
    zone: str
    subnet_id: str
    vpc_id: str
    security_groups: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    interface_id: str
    profile_arn: str
    tags: dict[str, str]
    metadata: MetadataOptions
    launched: datetime
    reservation: str
    launch_index: int


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A Route53 record set. `alias` is the name that an alias points at, `values` else."""

    zone: str
    name: str
    type: str
    values: tuple[str, ...]
    alias: str
    private: bool


def instances() -> list[Instance]:
    """List the EC2 instances of all regions, also stopped and terminated ones."""
    found = []
    for account, region, backend in _each(ec2_backends):
        for reservation in list(backend.reservations.values()):
            for instance in list(reservation.instances):
                if not instance.nics:
                    continue
                found.append(_instance(account, region, backend, reservation.id, instance))
    return found


def profile_role(arn: str) -> tuple[str, str, str] | None:
    """Tell an instance profile's id, its role's name and its role's ARN; None without a role."""
    for _, _, backend in _each(iam_backends):
        for profile in list(backend.instance_profiles.values()):
            if profile.arn == arn and profile.roles:
                return profile.id, profile.roles[0].name, profile.roles[0].arn
    return None


def subnet_blocks(instance: Instance) -> tuple[str, str]:
    """Tell the address blocks of an instance's subnet and VPC, each empty when it is gone."""
    backend = ec2_backends[instance.account][instance.region]
    subnets = {one.id: one for zone in backend.subnets.values() for one in zone.values()}
    subnet, vpc = subnets.get(instance.subnet_id), backend.vpcs.get(instance.vpc_id)
    return (subnet.cidr_block if subnet else "", vpc.cidr_block if vpc else "")


def record_sets() -> list[RecordSet]:
    """List the record sets of all Route53 zones; names without the closing dot, lower case."""
    found = []
    for _, _, backend in _each(route53_backends):
        for zone in list(backend.zones.values()):
            for record in list(zone.rrsets):
                alias = record.alias_target or {}
                found.append(
                    RecordSet(
                        zone=_plain(zone.name),
                        name=_plain(record.name),
                        type=record.type or "",
                        values=tuple(str(value) for value in record.records or ()),
                        alias=_plain(alias.get("DNSName", "")).removeprefix("dualstack."),
                        private=bool(zone.private_zone),
                    )
                )
    return found


def zones() -> set[str]:
    """List the names of all Route53 zones."""
    return {
        _plain(zone.name)
        for _, _, backend in _each(route53_backends)
        for zone in list(backend.zones.values())
    }


def load_balancer_names() -> dict[str, str]:
    """List the DNS names of all load balancers, with their ARN."""
    return {
        balancer.dns_name.lower(): balancer.arn
        for _, _, backend in _each(elbv2_backends)
        for balancer in list(backend.load_balancers.values())
    }


def _each(backends: BackendDict) -> Iterator[tuple[str, str, Any]]:
    for account, regions in list(backends.items()):
        for region, backend in list(regions.items()):
            yield account, region, backend


def _instance(account: str, region: str, backend: Any, reservation: str, instance: Any) -> Instance:
    key = backend.key_pairs.get(instance.key_name)
    options = instance.metadata_options
    profile = instance.iam_instance_profile
    return Instance(
        id=instance.id,
        account=account,
        region=region,
        state=instance.state,
        private_address=IPv4Address(instance.private_ip),
        public_address=IPv4Address(instance.public_ip) if instance.public_ip else None,
        private_name=instance.private_dns_name,
        public_name=instance.public_dns_name or "",
        mac=instance.nics[0].mac_address,
        key_name=instance.key_name or "",
        public_key=key.public_key.strip() if key else "",
        user_data=base64.b64decode(str(instance.user_data)) if instance.user_data else b"",
        image_id=instance.image_id,
        instance_type=instance.instance_type,
        zone=instance.availability_zone or "",
        subnet_id=instance.subnet_id or "",
        vpc_id=instance.vpc_id or "",
        security_groups=tuple(group.name for group in instance.nics[0].group_set),
        security_group_ids=tuple(group.id for group in instance.nics[0].group_set),
        interface_id=instance.nics[0].id,
        profile_arn=profile["Arn"] if isinstance(profile, dict) else profile or "",
        tags={tag["key"]: tag["value"] for tag in instance.get_tags()},
        metadata=MetadataOptions(
            enabled=options.http_endpoint != "disabled",
            token_required=options.http_tokens == "required",
            hop_limit=int(options.http_put_response_hop_limit or 1),
            tags=options.instance_metadata_tags == "enabled",
        ),
        launched=instance.launch_time,
        reservation=reservation,
        launch_index=int(instance.ami_launch_index or 0),
    )


def _plain(name: str) -> str:
    return name.rstrip(".").lower().replace("\\052", "*")
