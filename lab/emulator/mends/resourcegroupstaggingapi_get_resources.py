"""GetResources lists the tagged resources of more kinds.

Tagging API reference, supported services: ECR repositories, Route 53 hosted zones, groups of
EventBridge Scheduler, plans of AWS Backup, trails of CloudTrail, RDS parameter, option and subnet
groups, listeners and rules, elastic addresses, key pairs, network ACLs and VPC endpoints are listed
as others are. moto 5.2 leaves them out, so that a search by tags (for what nobody declares any
more, say) would miss them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from moto.backup.models import BackupBackend
from moto.cloudtrail.models import CloudTrailBackend
from moto.core.base_backend import BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.ec2.models import EC2Backend
from moto.ecr.models import ECRBackend
from moto.elbv2.models import ELBv2Backend
from moto.rds.models import RDSBackend
from moto.route53.models import Route53Backend
from moto.scheduler.models import EventBridgeSchedulerBackend

from lab.emulator.mends import mend


@mend(BackupBackend, "iter_tagged_resources")
def _backup(original: Any, self: BackupBackend) -> Iterator[TaggedResource]:
    yield from original(self)
    for one in list(self.plans.values()):
        if one.deletion_date is None:
            tags = self.tagger.get_tag_dict_for_resource(one.backup_plan_arn)
            yield TaggedResource(one.backup_plan_arn, tags, "backup:backup-plan")


@mend(EC2Backend, "iter_tagged_resources")
def _ec2(original: Any, self: EC2Backend) -> Iterator[TaggedResource]:
    yield from original(self)
    more: dict[str, Iterable[Any]] = {
        "elastic-ip": list(self.addresses),
        "key-pair": list(self.key_pairs.values()),
        "network-acl": list(self.network_acls.values()),
        "vpc-endpoint": list(self.vpc_end_points.values()),
    }
    stem = f"arn:{self.partition}:ec2:{self.region_name}:{self.account_id}"
    for kind, resources in more.items():
        for one in resources:
            tags = dict(self.tags.get(one.id, {})) if one.id else {}
            yield TaggedResource(f"{stem}:{kind}/{one.id}", tags, f"ec2:{kind}")


@mend(RDSBackend, "iter_tagged_resources")
def _rds(original: Any, self: RDSBackend) -> Iterator[TaggedResource]:
    yield from original(self)
    more = {
        "cluster-pg": self.db_cluster_parameter_groups,
        "og": self.option_groups,
        "pg": self.db_parameter_groups,
        "subgrp": self.subnet_groups,
    }
    for kind, resources in more.items():
        for one in list(resources.values()):
            tags = {tag["Key"]: tag["Value"] for tag in one.get_tags()}
            yield TaggedResource(one.arn, tags, f"rds:{kind}")


@mend(ELBv2Backend, "iter_tagged_resources")
def _elbv2(original: Any, self: ELBv2Backend) -> Iterator[TaggedResource]:
    yield from original(self)
    for balancer in list(self.load_balancers.values()):
        for listener in list(balancer.listeners.values()):
            yield _balancing(self, listener.arn, "listener")
            for rule in list(listener.rules.values()):
                if not rule.is_default:
                    yield _balancing(self, rule.arn, "listener-rule")


def _balancing(backend: ELBv2Backend, arn: str, kind: str) -> TaggedResource:
    tags = backend.tagging_service.get_tag_dict_for_resource(arn)
    return TaggedResource(arn, tags, f"elasticloadbalancing:{kind}")


def _ecr(self: ECRBackend) -> Iterator[TaggedResource]:
    for one in list(self.repositories.values()):
        tags = self.tagger.get_tag_dict_for_resource(one.arn)
        yield TaggedResource(one.arn, tags, "ecr:repository")


def _route53(self: Route53Backend) -> Iterator[TaggedResource]:
    for identity in list(self.zones):
        tags = dict(self.resource_tags.get(identity, {}))
        yield TaggedResource(f"arn:aws:route53:::hostedzone/{identity}", tags, "route53:hostedzone")


def _scheduler(self: EventBridgeSchedulerBackend) -> Iterator[TaggedResource]:
    for group in list(self.schedule_groups.values()):
        tags = self.tagger.get_tag_dict_for_resource(group.arn)
        yield TaggedResource(group.arn, tags, "scheduler:schedule-group")


def _cloudtrail(self: CloudTrailBackend) -> Iterator[TaggedResource]:
    for trail in list(self.trails.values()):
        tags = self.tagging_service.get_tag_dict_for_resource(trail.arn)
        yield TaggedResource(trail.arn, tags, "cloudtrail:trail")


def _take_part(backend: type[BaseBackend], namespace: str, resources: Any) -> None:
    """Have a backend that moto leaves out take part in the tagging API."""
    if issubclass(backend, TaggableResourcesMixin):
        raise RuntimeError(f"moto now lists {namespace}: drop our mend")
    backend.SERVICE_NAMESPACE = namespace  # type: ignore[attr-defined]
    backend.iter_tagged_resources = resources  # type: ignore[attr-defined]
    backend.__bases__ = (*backend.__bases__, TaggableResourcesMixin)


_take_part(CloudTrailBackend, "cloudtrail", _cloudtrail)
_take_part(ECRBackend, "ecr", _ecr)
_take_part(Route53Backend, "route53", _route53)
_take_part(EventBridgeSchedulerBackend, "scheduler", _scheduler)
