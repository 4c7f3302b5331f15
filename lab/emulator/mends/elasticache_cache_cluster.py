"""Describe and delete ElastiCache clusters as AWS does.

API reference, CacheCluster: AWS lists a replication group's members as clusters too, gives
security groups and the parameter group with their state, nodes (with endpoints) only when
ShowCacheNodeInfo is set, and forgets a deleted cluster. moto 5.2 gives none of these and leaves
a deleted cluster in `deleting` for ever.
"""

from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.core.utils import utcnow
from moto.elasticache.exceptions import CacheClusterNotFound
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from lab.emulator.mends import mend


class Member:
    """The record of a replication group's node as a cache cluster."""

    def __init__(
        self, backend: ElastiCacheBackend, group: ReplicationGroup, node: dict[str, Any]
    ) -> None:
        self.cache_cluster_id = node["cache_cluster_id"]
        self.replication_group_id = group.replication_group_id
        self.arn = (
            f"arn:{backend.partition}:elasticache:{backend.region_name}:{backend.account_id}"
            f":cluster:{self.cache_cluster_id}"
        )
        self.cache_cluster_status = group.status
        self.cache_cluster_create_time = utcnow()
        self.num_cache_nodes = 1
        self.preferred_availability_zone = node.get("preferred_availability_zone")
        self.endpoint = node.get("read_endpoint")
        for name in (
            "engine", "engine_version", "cache_node_type", "preferred_maintenance_window",
            "cache_parameter_group_name", "cache_subnet_group_name", "security_group_ids",
            "auto_minor_version_upgrade", "snapshot_retention_limit", "snapshot_window",
            "auth_token_enabled", "auth_token_last_modified_date", "transit_encryption_enabled",
            "transit_encryption_mode", "at_rest_encryption_enabled", "network_type",
            "ip_discovery", "port", "log_delivery_configurations",
        ):  # fmt: skip
            setattr(self, name, getattr(group, name))
        self.replication_group_log_delivery_enabled = bool(group.log_delivery_configurations)


def member(backend: ElastiCacheBackend, group: ReplicationGroup, node: dict[str, Any]) -> Member:
    """The cluster record of a member; keeps the creation time of the one before."""
    made = Member(backend, group, node)
    before = backend.cache_clusters.get(made.cache_cluster_id)
    if before:
        made.cache_cluster_create_time = before.cache_cluster_create_time
    return made


@mend(ElastiCacheResponse, "describe_cache_clusters")
def _describe(_: Any, self: ElastiCacheResponse) -> ActionResult:
    found = self.elasticache_backend.describe_cache_clusters(
        cache_cluster_id=self._get_param("CacheClusterId")
    )
    if self._get_bool_param("ShowCacheClustersNotInReplicationGroups"):
        found = [one for one in found if not getattr(one, "replication_group_id", None)]
    nodes = bool(self._get_bool_param("ShowCacheNodeInfo"))
    return PaginatedResult({"CacheClusters": [_shape(one, nodes) for one in found]})


def _shape(cluster: CacheCluster | Member, nodes: bool) -> dict[str, Any]:
    shape = dict(vars(cluster))
    shape["CacheSecurityGroups"] = []
    shape["SecurityGroups"] = [
        {"SecurityGroupId": group, "Status": "active"} for group in cluster.security_group_ids or []
    ]
    shape["CacheParameterGroup"] = {
        "CacheParameterGroupName": cluster.cache_parameter_group_name or "default.redis7",
        "ParameterApplyStatus": "in-sync",
        "CacheNodeIdsToReboot": [],
    }
    shape["CacheNodes"] = _nodes(cluster) if nodes else None
    return shape


def _nodes(cluster: CacheCluster | Member) -> list[dict[str, Any]]:
    address = f"{cluster.cache_cluster_id}.lab.0001.use1.cache.amazonaws.com"
    endpoint = getattr(cluster, "endpoint", None) or {"address": address, "port": cluster.port}
    return [
        {
            "CacheNodeId": f"{number + 1:0>4}",
            "CacheNodeStatus": "available",
            "CacheNodeCreateTime": cluster.cache_cluster_create_time,
            "Endpoint": endpoint,
            "ParameterGroupStatus": "in-sync",
        }
        for number in range(cluster.num_cache_nodes)
    ]


@mend(ElastiCacheBackend, "delete_cache_cluster")
def _delete(_: Any, self: ElastiCacheBackend, cache_cluster_id: str) -> CacheCluster:
    cluster = self.cache_clusters.pop(cache_cluster_id, None)
    if not cluster:
        raise CacheClusterNotFound(cache_cluster_id)
    cluster.cache_cluster_status = "deleting"
    self.tagging_service.delete_all_tags_for_resource(cluster.arn)
    return cluster
