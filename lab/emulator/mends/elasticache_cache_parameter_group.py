"""Create, describe, modify, reset and delete ElastiCache parameter groups.

AWS has them (API reference: CreateCacheParameterGroup, DescribeCacheParameters ...); moto 5.2 has
not, and answers 500.
"""

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from lab.emulator.mends import add
from lab.emulator.parameters import Parameter, of_family


class CacheParameterGroup:
    """A parameter group's record; `values` holds what the user set."""

    def __init__(self, backend: ElastiCacheBackend, name: str, family: str, text: str) -> None:
        self.cache_parameter_group_name = name
        self.cache_parameter_group_family = family
        self.description = text
        self.is_global = False
        self.arn = (
            f"arn:{backend.partition}:elasticache:{backend.region_name}:{backend.account_id}"
            f":parametergroup:{name}"
        )
        self.values: dict[str, str] = {}


def groups(backend: ElastiCacheBackend) -> dict[str, CacheParameterGroup]:
    """All parameter groups of a region by name; the defaults are there from the start."""
    found = backend.__dict__.setdefault("cache_parameter_groups", {})
    for family in ("redis7",):
        name = f"default.{family}"
        if name not in found:
            text = f"Default parameter group for {family}"
            found[name] = CacheParameterGroup(backend, name, family, text)
    return found


def find(backend: ElastiCacheBackend, name: str) -> CacheParameterGroup:
    """The group of that name; raises CacheParameterGroupNotFound."""
    if name.lower() not in groups(backend):
        raise ElastiCacheException(
            "CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found."
        )
    return groups(backend)[name.lower()]


def changeable(backend: ElastiCacheBackend, name: str) -> CacheParameterGroup:
    """The group of that name; raises also where it is one of AWS's own."""
    if name.startswith("default."):
        raise ElastiCacheException(
            "InvalidParameterValue", f"The parameter group {name} cannot be modified or deleted."
        )
    return find(backend, name)


def listing(known: Iterable[Parameter], values: dict[str, str]) -> list[dict[str, Any]]:
    """Parameters in the shape of DescribeCacheParameters."""
    return [
        {
            "ParameterName": one.name,
            "ParameterValue": values.get(one.name, one.value),
            "Source": "user" if one.name in values else "system",
            "DataType": one.type,
            "AllowedValues": one.allowed,
            "IsModifiable": one.modifiable,
            "MinimumEngineVersion": "7.0.0",
            "ChangeType": one.apply,
        }
        for one in known
    ]


@add(ElastiCacheResponse)
def create_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    """Create a group; AWS stores its name in lower case."""
    backend, name = self.elasticache_backend, self._get_param("CacheParameterGroupName").lower()
    if name in groups(backend):
        raise ElastiCacheException(
            "CacheParameterGroupAlreadyExists", f"CacheParameterGroup {name} already exists."
        )
    family = self._get_param("CacheParameterGroupFamily")
    if not of_family(family):
        raise ElastiCacheException(
            "InvalidParameterValue", f"CacheParameterGroupFamily {family} is not a valid family."
        )
    group = CacheParameterGroup(backend, name, family, self._get_param("Description"))
    groups(backend)[name] = group
    backend.tagging_service.tag_resource(group.arn, self._get_param("Tags", []))
    return ActionResult({"CacheParameterGroup": group})


@add(ElastiCacheResponse)
def describe_cache_parameter_groups(self: ElastiCacheResponse) -> ActionResult:
    """Describe one group or all."""
    backend, name = self.elasticache_backend, self._get_param("CacheParameterGroupName")
    found = [find(backend, name)] if name else list(groups(backend).values())
    return PaginatedResult({"CacheParameterGroups": found})


@add(ElastiCacheResponse)
def describe_cache_parameters(self: ElastiCacheResponse) -> ActionResult:
    """Describe the parameters of a group, all or those of one source."""
    group = find(self.elasticache_backend, self._get_param("CacheParameterGroupName"))
    known = of_family(group.cache_parameter_group_family).values()
    source = self._get_param("Source")
    rows = [row for row in listing(known, group.values) if source in (None, row["Source"])]
    return ActionResult({"Parameters": rows})


@add(ElastiCacheResponse)
def describe_engine_default_parameters(self: ElastiCacheResponse) -> ActionResult:
    """Describe the parameters of a family."""
    family = self._get_param("CacheParameterGroupFamily")
    rows = listing(of_family(family).values(), {})
    return ActionResult(
        {"EngineDefaults": {"CacheParameterGroupFamily": family, "Parameters": rows}}
    )


@add(ElastiCacheResponse)
def modify_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    """Set parameters; raises InvalidParameterValue for what the family does not know or allow."""
    name = self._get_param("CacheParameterGroupName")
    group = changeable(self.elasticache_backend, name)
    known = of_family(group.cache_parameter_group_family)
    wanted = {
        item["ParameterName"]: item["ParameterValue"]
        for item in self._get_param("ParameterNameValues", [])
    }
    for key, value in wanted.items():
        problem = known[key].problem(value) if key in known else f"Invalid parameter name: {key}"
        if problem:
            raise ElastiCacheException("InvalidParameterValue", problem)
    group.values.update(wanted)
    return ActionResult({"CacheParameterGroupName": group.cache_parameter_group_name})


@add(ElastiCacheResponse)
def reset_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    """Set parameters back to their defaults."""
    name = self._get_param("CacheParameterGroupName")
    group = changeable(self.elasticache_backend, name)
    if self._get_bool_param("ResetAllParameters"):
        group.values.clear()
    for item in self._get_param("ParameterNameValues", []):
        group.values.pop(item["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": group.cache_parameter_group_name})


@add(ElastiCacheResponse)
def delete_cache_parameter_group(self: ElastiCacheResponse) -> ActionResult:
    """Delete a group that no cluster uses."""
    backend = self.elasticache_backend
    group = changeable(backend, self._get_param("CacheParameterGroupName"))
    name = group.cache_parameter_group_name
    users = [*backend.cache_clusters.values(), *backend.replication_groups.values()]
    if any(user.cache_parameter_group_name == name for user in users):
        raise ElastiCacheException(
            "InvalidCacheParameterGroupState",
            f"One or more cache clusters are still using the cache parameter group {name}.",
        )
    del groups(backend)[name]
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return EmptyResult()
