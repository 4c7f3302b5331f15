"""A database and a cache in the running lab, from their records' creation to their deletion."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.live.services import client, containers, inside, quietly
from tests.waiting import until

pytestmark = pytest.mark.lab

NAME = "lab-live-test"
PASSWORD = "it's a $pass\"word"
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def database() -> Iterator[dict[str, Any]]:
    rds = client("rds")
    quietly(rds.create_db_parameter_group, DBParameterGroupName=NAME,
            DBParameterGroupFamily="postgres15", Description="d")  # fmt: skip
    one = {
        "ParameterName": "max_connections", "ParameterValue": "77", "ApplyMethod": "pending-reboot",
    }  # fmt: skip
    rds.modify_db_parameter_group(DBParameterGroupName=NAME, Parameters=[one])
    rds.create_db_instance(
        DBInstanceIdentifier=NAME, Engine="postgres", EngineVersion="15",
        DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="app",
        MasterUserPassword=PASSWORD, DBName="shop", DBParameterGroupName=NAME,
    )  # fmt: skip
    try:
        rds.get_waiter("db_instance_available").wait(
            DBInstanceIdentifier=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 90}
        )
        yield rds.describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"][0]
    finally:
        quietly(rds.delete_db_instance, DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
        quietly(rds.delete_db_parameter_group, DBParameterGroupName=NAME)
        until(lambda: containers().get("database", NAME) is None)


def ask(address: str, sql: str, password: str = PASSWORD, mode: str = "require") -> tuple[int, str]:
    target = f"host={address} user=app dbname=shop sslmode={mode} connect_timeout=30"
    return inside("database", NAME, "psql", target, "-Atc", sql, PGPASSWORD=password)


def replaced(before: str) -> bool:
    """Whether the database has another container than `before`."""
    seen = containers().find("database").get(NAME)
    return seen is not None and seen.id != before


def test_the_master_user_gets_in_with_tls(database: dict[str, Any]) -> None:
    seen = containers().find("database")[NAME]
    assert database["Endpoint"]["Address"] in seen.names
    code, output = ask(str(seen.address), "show max_connections; select usesuper from pg_user "
                       "where usename = current_user; select ssl from pg_stat_ssl "
                       "where pid = pg_backend_pid()")  # fmt: skip
    assert (code, output.split()) == (0, ["77", "f", "t"])


def test_nobody_gets_in_without(database: dict[str, Any]) -> None:
    address = str(containers().find("database")[NAME].address)
    assert "no encryption" in ask(address, "select 1", mode="disable")[1]
    assert ask(address, "select 1", password="wrong")[0] == 2


def test_data_outlives_a_reboot_and_a_new_password(database: dict[str, Any]) -> None:
    rds, other = client("rds"), "another-password-of-the-test"
    address = str(containers().find("database")[NAME].address)
    assert ask(address, "create table t as select 42 as i")[0] == 0
    before = containers().find("database")[NAME].id
    rds.modify_db_instance(
        DBInstanceIdentifier=NAME, MasterUserPassword=other, ApplyImmediately=True
    )
    rds.reboot_db_instance(DBInstanceIdentifier=NAME)
    until(lambda: replaced(before))
    until(lambda: ask(address, "select i from t", password=other) == (0, "42\n"))
    assert ask(address, "alter role app password 'given-by-sql'", password=other)[0] == 0
    before = containers().find("database")[NAME].id
    rds.reboot_db_instance(DBInstanceIdentifier=NAME)
    until(lambda: replaced(before))
    until(lambda: ask(address, "select i from t", password="given-by-sql") == (0, "42\n"))


@pytest.fixture(scope="module")
def cache() -> Iterator[dict[str, Any]]:
    elasticache = client("elasticache")
    quietly(elasticache.create_cache_parameter_group, CacheParameterGroupName=NAME,
            CacheParameterGroupFamily="redis7", Description="d")  # fmt: skip
    elasticache.modify_cache_parameter_group(
        CacheParameterGroupName=NAME,
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"},
            {"ParameterName": "appendonly", "ParameterValue": "yes"},
        ],
    )
    elasticache.create_replication_group(
        ReplicationGroupId=NAME, ReplicationGroupDescription="d", NumCacheClusters=2,
        CacheNodeType="cache.t3.micro", TransitEncryptionEnabled=True, AuthToken=TOKEN,
        CacheParameterGroupName=NAME,
    )  # fmt: skip

    def told() -> dict[str, Any]:
        found = elasticache.describe_replication_groups(ReplicationGroupId=NAME)
        return found["ReplicationGroups"][0]

    try:
        until(lambda: told()["Status"] == "available")
        yield told()
    finally:
        quietly(elasticache.delete_replication_group, ReplicationGroupId=NAME)
        quietly(elasticache.delete_cache_parameter_group, CacheParameterGroupName=NAME)
        until(lambda: containers().get("cache", NAME) is None)


def redis(*words: str, token: str = TOKEN) -> str:
    seen = containers().find("cache").get(NAME)
    if seen is None:  # as between an old one and a new one
        return ""
    command = ["redis-cli", "--tls", "--insecure", "-h", str(seen.address), *words]
    return inside("cache", NAME, *command, REDISCLI_AUTH=token)[1].strip()


def test_the_cache_wants_tls_and_the_token(cache: dict[str, Any]) -> None:
    names = containers().find("cache")[NAME].names
    assert cache["NodeGroups"][0]["PrimaryEndpoint"]["Address"] in names
    assert cache["NodeGroups"][0]["ReaderEndpoint"]["Address"] in names
    assert redis("ping") == "PONG"
    assert "NOAUTH" in redis("ping", token="wrong") or "WRONGPASS" in redis("ping", token="wrong")


def test_the_parameters_of_its_group_are_in_force(cache: dict[str, Any]) -> None:
    assert "maxmemory_policy:allkeys-lru" in redis("info", "memory")
    assert "aof_enabled:1" in redis("info", "persistence")
    assert "unknown command" in redis("config", "get", "*")


def test_another_parameter_is_taken_and_keys_stay(cache: dict[str, Any]) -> None:
    assert redis("set", "k", "v") == "OK"
    client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName=NAME,
        ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}],
    )
    until(lambda: "maxmemory_policy:noeviction" in redis("info", "memory"))
    until(lambda: redis("get", "k") == "v")
