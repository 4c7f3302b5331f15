"""What is in use cannot be deleted: subnets, security groups, gateways, VPCs.

API reference: DeleteSubnet ("you must terminate all running instances in the subnet"),
DeleteSecurityGroup ("associated with an instance or network interface ... or referenced by
another security group"), DetachInternetGateway (no mapped public addresses), DeleteVpc ("detach
or delete all gateways and resources") all answer DependencyViolation. moto 5.2 deletes, so that a
destroy in the wrong order would pass here and fail on AWS.
"""

from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.elasticache.models import elasticache_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

from lab.emulator.mends import mend


def _instances(backend: EC2Backend) -> Iterator[Any]:
    for reservation in list(backend.reservations.values()):
        yield from (one for one in reservation.instances if one.state != "terminated")


def _here(backends: Any, backend: EC2Backend) -> Any:
    return backends[backend.account_id][backend.region_name]


def _in_subnet(backend: EC2Backend, subnet: str) -> Iterator[str]:
    yield from (one.id for one in _instances(backend) if one.subnet_id == subnet)
    for gateway in list(backend.nat_gateways.values()):
        if gateway.subnet_id == subnet and gateway.state != "deleted":
            yield gateway.id
    for balancer in list(_here(elbv2_backends, backend).load_balancers.values()):
        if subnet in {one.id for one in balancer.subnets}:
            yield balancer.arn
    for endpoint in list(backend.vpc_end_points.values()):
        if subnet in (endpoint.subnet_ids or []):
            yield endpoint.id


def _with_group(backend: EC2Backend, group: str) -> Iterator[str]:
    for instance in _instances(backend):
        if group in {one.id for nic in instance.nics.values() for one in nic.group_set}:
            yield instance.id
    for balancer in list(_here(elbv2_backends, backend).load_balancers.values()):
        if group in (balancer.security_groups or []):
            yield balancer.arn
    for database in list(_here(rds_backends, backend).databases.values()):
        if group in (getattr(database, "vpc_security_group_ids", None) or []):
            yield database.arn
    for cache in list(_here(elasticache_backends, backend).replication_groups.values()):
        if group in (cache.security_group_ids or []):
            yield cache.arn
    for groups in list(backend.groups.values()):
        for other in list(groups.values()):
            rules = [*other.ingress_rules, *other.egress_rules]
            named = {rule.source_group.get("GroupId") for rule in rules}
            if other.id != group and group in named:
                yield other.id


@mend(EC2Backend, "delete_subnet")
def _delete_subnet(original: Any, self: EC2Backend, subnet_id: str) -> Any:
    for user in _in_subnet(self, subnet_id):
        raise DependencyViolationError(
            f"The subnet '{subnet_id}' has dependencies and cannot be deleted. ({user})"
        )
    return original(self, subnet_id)


@mend(EC2Backend, "delete_security_group")
def _delete_group(
    original: Any, self: EC2Backend, name: str | None = None, group_id: str | None = None
) -> Any:
    for user in _with_group(self, group_id) if group_id else ():
        raise DependencyViolationError(f"resource {group_id} has a dependent object ({user})")
    return original(self, name=name, group_id=group_id)


@mend(EC2Backend, "detach_internet_gateway")
def _detach(original: Any, self: EC2Backend, internet_gateway_id: str, vpc_id: str) -> Any:
    public = [one.id for one in _instances(self) if one.public_ip and one.vpc_id == vpc_id]
    public += [
        one.id
        for one in list(self.nat_gateways.values())
        if one.vpc_id == vpc_id and one.state != "deleted"
    ]
    if public:
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public "
            f"address(es) before detaching the gateway. ({public[0]})"
        )
    return original(self, internet_gateway_id, vpc_id)


@mend(EC2Backend, "delete_vpc")
def _delete_vpc(original: Any, self: EC2Backend, vpc_id: str) -> Any:
    attached = [
        one.id for one in self.internet_gateways.values() if one.vpc and one.vpc.id == vpc_id
    ]
    groups = [one.id for one in self.groups.get(vpc_id, {}).values() if one.name != "default"]
    for user in [*attached, *groups]:
        raise DependencyViolationError(
            f"The vpc '{vpc_id}' has dependencies and cannot be deleted. ({user})"
        )
    return original(self, vpc_id)
