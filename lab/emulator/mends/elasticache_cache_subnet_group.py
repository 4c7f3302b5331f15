"""Modify and delete ElastiCache subnet groups, and refuse a subnet that does not exist.

AWS has ModifyCacheSubnetGroup and DeleteCacheSubnetGroup (CacheSubnetGroupInUse while a cluster
stands in it); moto 5.2 has neither and answers 500. AWS answers InvalidSubnet to an unknown
subnet, moto invents a VPC for it. AWS stores the name in lower case and describes a subnet's zone
as `{Name: us-east-1a}`; moto gives the bare name, which the serializer drops.
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends
from moto.elasticache.exceptions import (
    CacheSubnetGroupNotFound,
    ElastiCacheException,
    InvalidSubnet,
)
from moto.elasticache.models import CacheSubnetGroup, ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from lab.emulator.mends import add, mend


@mend(CacheSubnetGroup, "__init__")
def _init(original: Any, self: CacheSubnetGroup, account_id: str, region_name: str, *args: Any,
          **kwargs: Any) -> None:  # fmt: skip
    known = {subnet.id for subnet in ec2_backends[account_id][region_name].describe_subnets()}
    for subnet in kwargs["subnet_ids"]:
        if subnet not in known:
            raise InvalidSubnet(subnet)
    original(self, account_id, region_name, *args, **kwargs)
    for subnet in self.subnets:
        subnet["subnet_availability_zone"] = {"Name": subnet["subnet_availability_zone"]}


@mend(ElastiCacheBackend, "create_cache_subnet_group")
def _create(
    original: Any, self: ElastiCacheBackend, cache_subnet_group_name: str, **kwargs: Any
) -> CacheSubnetGroup:
    return original(self, cache_subnet_group_name=cache_subnet_group_name.lower(), **kwargs)


def find(backend: ElastiCacheBackend, name: str) -> CacheSubnetGroup:
    """The group of that name; raises CacheSubnetGroupNotFoundFault."""
    group = backend.cache_subnet_groups.get(name.lower())
    if not group:
        raise CacheSubnetGroupNotFound(name)
    return group


@add(ElastiCacheResponse)
def modify_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    """Change description or subnets."""
    backend = self.elasticache_backend
    group = find(backend, self._get_param("CacheSubnetGroupName"))
    text = self._get_param("CacheSubnetGroupDescription", group.cache_subnet_group_description)
    changed = CacheSubnetGroup(
        account_id=backend.account_id,
        region_name=backend.region_name,
        cache_subnet_group_name=group.cache_subnet_group_name,
        cache_subnet_group_description=text,
        subnet_ids=self._get_param("SubnetIds") or group.subnet_ids,
        tags=group.tags,
    )
    backend.cache_subnet_groups[group.cache_subnet_group_name] = changed
    return ActionResult({"CacheSubnetGroup": changed})


@add(ElastiCacheResponse)
def delete_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    """Delete a group in which no cluster stands."""
    backend = self.elasticache_backend
    group = find(backend, self._get_param("CacheSubnetGroupName"))
    name = group.cache_subnet_group_name
    users = [*backend.cache_clusters.values(), *backend.replication_groups.values()]
    if any(user.cache_subnet_group_name == name for user in users):
        raise ElastiCacheException(
            "CacheSubnetGroupInUse",
            f"Cache subnet group {name} is currently in use by a cache cluster.",
        )
    del backend.cache_subnet_groups[name]
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return EmptyResult()
