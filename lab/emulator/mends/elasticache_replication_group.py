"""Create, modify, scale and delete ElastiCache replication groups as AWS does.

API reference, CreateReplicationGroup and following. moto 5.2 ignores NumCacheClusters, makes no
cache cluster for a member, takes an AUTH token without TLS and a parameter or subnet group that
is not there, ignores most of ModifyReplicationGroup, has neither IncreaseReplicaCount nor
DecreaseReplicaCount, and leaves a deleted group in `deleting` for ever.
"""

from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.elasticache.exceptions import ElastiCacheException, ReplicationGroupNotFound
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from lab.emulator import creation, followed
from lab.emulator.mends import add, mend
from lab.emulator.mends.elasticache_cache_cluster import member
from lab.emulator.mends.elasticache_cache_parameter_group import (
    find as find_parameter_group,
)
from lab.emulator.mends.elasticache_cache_subnet_group import find as find_subnet_group

# AWS answers the full version where a minor one was asked for.
VERSIONS = {"7.1": "7.1.0", "7.0": "7.0.7", "6.2": "6.2.6", None: "7.1.0"}


@mend(ElastiCacheBackend, "create_replication_group")
def _create(
    original: Any, self: ElastiCacheBackend, replication_group_id: str, **kwargs: Any
) -> ReplicationGroup:
    _check(self, kwargs)
    count = kwargs["num_cache_clusters"]
    if count and kwargs["replicas_per_node_group"] is None:
        kwargs["replicas_per_node_group"] = count - 1
    kwargs["engine_version"] = VERSIONS.get(kwargs["engine_version"], kwargs["engine_version"])
    kwargs["cache_parameter_group_name"] = kwargs["cache_parameter_group_name"] or "default.redis7"
    kwargs["auto_minor_version_upgrade"] = kwargs["auto_minor_version_upgrade"] is not False
    kwargs["preferred_maintenance_window"] = (
        kwargs["preferred_maintenance_window"] or "sun:05:00-sun:09:00"
    )
    if kwargs["transit_encryption_enabled"]:
        kwargs["transit_encryption_mode"] = kwargs["transit_encryption_mode"] or "required"
    group = original(self, replication_group_id=replication_group_id.lower(), **kwargs)
    group.auth_token = kwargs["auth_token"]
    group.status = followed.first_status("cache")
    if not followed.is_followed("cache"):
        creation.make(group, "status", "cache", "creating", "available")
    for node_group in group.node_groups:
        node_group["reader_endpoint"] = {
            "address": node_group.get("reader_endpoint_address"),
            "port": group.port,
        }
    _align_members(self, group)
    return group


def _check(backend: ElastiCacheBackend, asked: dict[str, Any]) -> None:
    if asked["cache_parameter_group_name"]:
        find_parameter_group(backend, asked["cache_parameter_group_name"])
    if asked["cache_subnet_group_name"]:
        find_subnet_group(backend, asked["cache_subnet_group_name"])
    replicas = asked["replicas_per_node_group"] or (asked["num_cache_clusters"] or 1) - 1
    _check_token(asked["auth_token"], asked["transit_encryption_enabled"])
    _check_failover(asked["automatic_failover_enabled"], asked["multi_az_enabled"], replicas)


def _check_token(token: str | None, transit: bool | None) -> None:
    if not token:
        return
    if not transit:
        raise ElastiCacheException(
            "InvalidParameterCombination",
            "The AUTH token is only supported when encryption-in-transit is enabled.",
        )
    if not 16 <= len(token) <= 128 or any(letter in token for letter in '/"@ '):
        raise ElastiCacheException("InvalidParameterValue", "Invalid AuthToken provided.")


def _check_failover(failover: bool | None, multi_az: bool | None, replicas: int) -> None:
    if failover and replicas < 1:
        raise ElastiCacheException(
            "InvalidParameterValue",
            "When using automatic failover, there must be at least 2 cache clusters in the "
            "replication group.",
        )
    if multi_az and not failover:
        raise ElastiCacheException(
            "InvalidParameterCombination", "Must specify automatic failover to enable Multi-AZ."
        )


def _align_members(backend: ElastiCacheBackend, group: ReplicationGroup) -> None:
    """Make the cluster records of a group those of its members, with the group's properties."""
    for name, cluster in list(backend.cache_clusters.items()):
        owner = getattr(cluster, "replication_group_id", None)
        if owner == group.replication_group_id and name not in group.member_clusters:
            del backend.cache_clusters[name]
    for node_group in group.node_groups:
        for node in node_group["node_group_members"]:
            name = node["cache_cluster_id"]
            backend.cache_clusters[name] = member(backend, group, node)


@mend(ElastiCacheResponse, "modify_replication_group")
def _modify(_: Any, self: ElastiCacheResponse) -> ActionResult:
    backend = self.elasticache_backend
    group = _find(backend, self._get_param("ReplicationGroupId"))
    asked = {xform_name(key): value for key, value in self.params.items() if value is not None}
    if "cache_parameter_group_name" in asked:
        find_parameter_group(backend, asked["cache_parameter_group_name"])
    failover = asked.get("automatic_failover_enabled", group.automatic_failover == "enabled")
    multi_az = asked.get("multi_az_enabled", group.multi_az == "enabled")
    _check_failover(failover, multi_az, len(group.member_clusters) - 1)
    group.automatic_failover = "enabled" if failover else "disabled"
    group.multi_az = "enabled" if multi_az else "disabled"
    for name in (
        "engine", "cache_node_type", "security_group_ids", "preferred_maintenance_window",
        "notification_topic_arn", "cache_parameter_group_name", "auto_minor_version_upgrade",
        "snapshot_retention_limit", "snapshot_window", "transit_encryption_mode",
        "transit_encryption_enabled", "ip_discovery",
    ):  # fmt: skip
        if name in asked:
            setattr(group, name, asked[name])
    group.description = asked.get("replication_group_description", group.description)
    if "engine_version" in asked:
        group.engine_version = VERSIONS.get(asked["engine_version"], asked["engine_version"])
    if "log_delivery_configurations" in asked:
        group.log_delivery_configurations = group._get_log_delivery_configurations(
            [item for item in asked["log_delivery_configurations"] if item.get("Enabled", True)]
        )
    _change_token(group, asked)
    _snapshotting(group)
    _align_members(backend, group)
    return ActionResult({"ReplicationGroup": group})


def _change_token(group: ReplicationGroup, asked: dict[str, Any]) -> None:
    """Rotate, set or delete the AUTH token; a rotation leaves the old one valid until SET."""
    strategy = asked.get("auth_token_update_strategy", "ROTATE")
    token = asked.get("auth_token")
    if not token and strategy != "DELETE":
        return
    _check_token(token, group.transit_encryption_enabled)
    group.auth_token = token if strategy != "DELETE" else None
    group.auth_token_enabled = bool(group.auth_token)
    group.auth_token_last_modified_date = utcnow()


def _snapshotting(group: ReplicationGroup) -> None:
    members = group.member_clusters
    group.snapshotting_cluster_id = (
        members[min(1, len(members) - 1)] if group.snapshot_retention_limit else None
    )


@add(ElastiCacheResponse)
def increase_replica_count(self: ElastiCacheResponse) -> ActionResult:
    """Give every shard more replicas."""
    return _scale(self, larger=True)


@add(ElastiCacheResponse)
def decrease_replica_count(self: ElastiCacheResponse) -> ActionResult:
    """Take replicas from every shard."""
    return _scale(self, larger=False)


def _scale(response: ElastiCacheResponse, larger: bool) -> ActionResult:
    backend = response.elasticache_backend
    group = _find(backend, response._get_param("ReplicationGroupId"))
    wanted = response._get_int_param("NewReplicaCount")
    present = len(group.node_groups[0]["node_group_members"]) - 1
    if wanted is None or (wanted <= present) is larger or wanted == present:
        raise ElastiCacheException(
            "InvalidParameterValue",
            f"New replica count must be {'greater' if larger else 'less'} than the present one "
            f"({present}).",
        )
    _check_failover(group.automatic_failover == "enabled", False, wanted)
    for node_group in group.node_groups:
        _resize(node_group, wanted + 1)
    group.member_clusters = [
        node["cache_cluster_id"]
        for node_group in group.node_groups
        for node in node_group["node_group_members"]
    ]
    _snapshotting(group)
    _align_members(backend, group)
    return ActionResult({"ReplicationGroup": group})


def _resize(node_group: dict[str, Any], size: int) -> None:
    nodes = node_group["node_group_members"]
    del nodes[size:]
    first = nodes[0]
    stem = first["cache_cluster_id"].removesuffix("001")
    while len(nodes) < size:
        name = f"{stem}{len(nodes) + 1:0>3}"
        node = dict(first, cache_cluster_id=name)
        if "current_role" in first:
            address = first["read_endpoint"]["address"].replace(first["cache_cluster_id"], name)
            node |= {
                "current_role": "replica",
                "read_endpoint": {**first["read_endpoint"], "address": address},
            }
        nodes.append(node)


@mend(ElastiCacheBackend, "delete_replication_group")
def _delete(
    _: Any, self: ElastiCacheBackend, replication_group_id: str, retain_primary_cluster: bool | None
) -> ReplicationGroup:
    group = _find(self, replication_group_id)
    del self.replication_groups[group.replication_group_id]
    kept = group.member_clusters[0] if retain_primary_cluster else None
    for name in group.member_clusters:
        cluster = self.cache_clusters.get(name)
        if name == kept:
            cluster.replication_group_id = None
        elif cluster:
            del self.cache_clusters[name]
            self.tagging_service.delete_all_tags_for_resource(cluster.arn)
    self.tagging_service.delete_all_tags_for_resource(group.arn)
    group.status = "deleting"
    return group


@mend(ElastiCacheBackend, "describe_replication_groups")
def _describe(
    original: Any, self: ElastiCacheBackend, replication_group_id: str | None = None
) -> list[ReplicationGroup]:
    return original(self, replication_group_id.lower() if replication_group_id else None)


def _find(backend: ElastiCacheBackend, name: str) -> ReplicationGroup:
    group = backend.replication_groups.get(name.lower())
    if not group:
        raise ReplicationGroupNotFound(name)
    return group
