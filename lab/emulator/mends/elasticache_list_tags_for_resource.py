"""Tags of ElastiCache resources: parameter groups too, and an error for what does not exist.

API reference, ListTagsForResource: the ARN of a parameter group is valid; an unknown resource is
an error of its own kind. moto 5.2 calls the first InvalidARN and answers the second with no tags.
GetResources of the tagging API lists ElastiCache's types as `elasticache:replicationgroup` and so
on (service authorization reference); moto writes them in ways of its own.
"""

from collections.abc import Iterator
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import ElastiCacheBackend

from lab.emulator.mends import mend
from lab.emulator.mends.elasticache_cache_parameter_group import groups

MISSING = {
    "cluster": "CacheClusterNotFound",
    "parametergroup": "CacheParameterGroupNotFound",
    "replicationgroup": "ReplicationGroupNotFoundFault",
    "snapshot": "SnapshotNotFoundFault",
    "subnetgroup": "CacheSubnetGroupNotFoundFault",
    "user": "UserNotFound",
}


def _all(backend: ElastiCacheBackend) -> dict[str, dict[str, Any]]:
    return {
        "cluster": backend.cache_clusters,
        "parametergroup": groups(backend),
        "replicationgroup": backend.replication_groups,
        "snapshot": backend.snapshots,
        "subnetgroup": backend.cache_subnet_groups,
        "user": backend.users,
    }


def _known(backend: ElastiCacheBackend, arn: str) -> None:
    parts = arn.split(":", 6)
    if len(parts) < 7 or parts[2] != "elasticache" or parts[5] not in MISSING:
        raise ElastiCacheException("InvalidARN", f"ARN {arn} is invalid.")
    if parts[6] not in _all(backend)[parts[5]]:
        raise ElastiCacheException(MISSING[parts[5]], f"{parts[6]} not found.")


@mend(ElastiCacheBackend, "list_tags_for_resource")
def _list(_: Any, self: ElastiCacheBackend, arn: str) -> dict[str, Any]:
    _known(self, arn)
    return self.tagging_service.list_tags_for_resource(arn)


@mend(ElastiCacheBackend, "add_tags_to_resource")
def _add(original: Any, self: ElastiCacheBackend, arn: str, tags: list[dict[str, str]]) -> None:
    _known(self, arn)
    original(self, arn, tags)


@mend(ElastiCacheBackend, "iter_tagged_resources")
def _iterate(_: Any, self: ElastiCacheBackend) -> Iterator[TaggedResource]:
    for kind, resources in _all(self).items():
        for name, resource in resources.items():
            if name.startswith("default"):
                continue
            yield TaggedResource(
                arn=resource.arn,
                tags=self.tagging_service.get_tag_dict_for_resource(resource.arn),
                resource_type=f"elasticache:{kind}",
                extra={"include_untagged": True},
            )
