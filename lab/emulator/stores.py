"""Reads of databases and caches for the controllers that run them, and how they report back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.utils import utcnow
from moto.elasticache.models import ElastiCacheBackend, elasticache_backends
from moto.rds.models import DBInstance, RDSBackend, rds_backends
from moto.secretsmanager.models import secretsmanager_backends

from lab.emulator import changes
from lab.emulator.mends.elasticache_cache_parameter_group import groups
from lab.emulator.mends.rds_db_instance import reboots
from lab.emulator.mends.rds_restore import Seed, seed
from lab.emulator.parameters import of_family


@dataclass(frozen=True, slots=True)
class Database:
    """An RDS instance of PostgreSQL. `parameters` are those set by hand that PostgreSQL knows."""

    id: str
    region: str
    resource_id: str
    status: str
    address: str
    port: int
    username: str
    password: str = field(repr=False)
    name: str = ""
    instance_class: str = ""
    force_ssl: bool = True
    reboots: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    seed: Seed | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of such an instance. `backup` names its data, which copies share."""

    id: str
    region: str
    status: str
    backup: str
    database: str
    resource_id: str
    port: int


@dataclass(frozen=True, slots=True)
class Cache:
    """An ElastiCache replication group. `names` are all its endpoints."""

    id: str
    region: str
    status: str
    names: tuple[str, ...]
    port: int
    node_type: str
    tls: bool
    token: str = field(repr=False, default="")
    parameters: dict[str, str] = field(default_factory=dict)


def databases() -> list[Database]:
    """List the PostgreSQL instances of all regions."""
    return [
        _database(region, backend, one)
        for region, backend in _regions(rds_backends)
        for one in list(backend.databases.values())
        if one.engine == "postgres"
    ]


def snapshots() -> list[Snapshot]:
    """List the snapshots of PostgreSQL instances of all regions, automated ones too."""
    return [
        Snapshot(
            id=one.db_snapshot_identifier,
            region=region,
            status=one.status,
            backup=getattr(one, "backup", ""),
            database=one.db_instance_identifier,
            resource_id=one.dbi_resource_id,
            port=int(one.port),
        )
        for region, backend in _regions(rds_backends)
        for one in list(backend.database_snapshots.values())
        if one.engine == "postgres"
    ]


def caches() -> list[Cache]:
    """List the replication groups of all regions."""
    return [
        _cache(region, backend, one)
        for region, backend in _regions(elasticache_backends)
        for one in list(backend.replication_groups.values())
    ]


def set_database_status(region: str, identity: str, status: str) -> None:
    """Set the status that DescribeDBInstances tells; nothing happens when it is so already."""
    for where, backend in _regions(rds_backends):
        one = backend.databases.get(identity)
        if where == region and one and one.status != status:
            with changes.changing():
                one.status = status


def set_snapshot_status(region: str, identity: str, status: str) -> None:
    """Set the status that DescribeDBSnapshots tells, and since when it holds its data."""
    for where, backend in _regions(rds_backends):
        one = backend.database_snapshots.get(identity)
        if where == region and one and one.status != status:
            with changes.changing():
                one.taken, one.status = utcnow(), status


def set_cache_status(region: str, identity: str, status: str) -> None:
    """Set the status of a replication group and its members; nothing happens when it is so."""
    for where, backend in _regions(elasticache_backends):
        one = backend.replication_groups.get(identity)
        if where == region and one and one.status != status:
            with changes.changing():
                one.status = status
                for name in one.member_clusters:
                    backend.cache_clusters[name].cache_cluster_status = status


def _regions(backends: BackendDict) -> Iterator[tuple[str, Any]]:
    for regions in list(backends.values()):
        yield from list(regions.items())


def _database(region: str, backend: RDSBackend, one: DBInstance) -> Database:
    group = one.db_parameter_groups()[0]
    known = of_family("postgres15")
    given = {name: str(each["ParameterValue"]) for name, each in group.parameters.items()}
    return Database(
        id=one.db_instance_identifier,
        region=region,
        resource_id=one.dbi_resource_id,
        status=one.status,
        address=one.address,
        port=int(one.port),
        username=one.master_username or "postgres",
        password=_password(backend, one),
        name=one.db_name or "",
        instance_class=one.db_instance_class,
        force_ssl=given.get("rds.force_ssl", "1") == "1",
        reboots=reboots(one),
        seed=seed(one),
        parameters={
            name: value
            for name, value in given.items()
            if name in known and known[name].known_to == "postgresql" and known[name].modifiable
        },
    )


def _password(backend: RDSBackend, one: DBInstance) -> str:
    """The master password: given by the user, or generated by RDS into Secrets Manager."""
    if not getattr(one, "manage_master_user_password", False):
        return getattr(one, "_master_user_password", None) or ""
    secrets = secretsmanager_backends[backend.account_id][backend.region_name]
    secret = secrets.secrets.get(one.master_user_secret.secret_arn)
    versions = secret.versions.values() if secret else ()
    current = [one for one in versions if "AWSCURRENT" in one["version_stages"]]
    return json.loads(current[0]["secret_string"])["password"] if current else ""


def _cache(region: str, backend: ElastiCacheBackend, one: Any) -> Cache:
    names = []
    for node_group in one.node_groups:
        endpoints = [node_group.get("primary_endpoint"), node_group.get("reader_endpoint")]
        endpoints += [node.get("read_endpoint") for node in node_group["node_group_members"]]
        names += [each["address"] for each in endpoints if each and each.get("address")]
    group = groups(backend).get(one.cache_parameter_group_name)
    return Cache(
        id=one.replication_group_id,
        region=region,
        status=one.status,
        names=tuple(names),
        port=one.port,
        node_type=one.cache_node_type,
        tls=bool(one.transit_encryption_enabled),
        token=one.auth_token or "",
        parameters=dict(group.values) if group else {},
    )
