"""Redis runs as the record of its replication group says."""

from lab import redis
from lab.emulator.stores import Cache


def lines(**more: object) -> list[str]:
    given = {
        "id": "rg", "region": "us-east-1", "status": "creating", "names": ("master.rg.test",),
        "port": 6379, "node_type": "cache.t3.micro", "tls": True, "token": 'a"b\\c',
    }  # fmt: skip
    return redis.configuration(Cache(**(given | more))).splitlines()  # type: ignore[arg-type]


def test_tls_alone_is_listened_on() -> None:
    found = lines()
    assert "port 0" in found and "tls-port 6379" in found


def test_without_tls_it_is_plain() -> None:
    found = lines(tls=False, token="")
    assert "port 6379" in found
    assert not any(line.startswith(("tls-", "requirepass")) for line in found)


def test_the_token_is_the_password() -> None:
    assert 'requirepass "a\\"b\\\\c"' in lines()


def test_parameters_come_after_the_defaults() -> None:
    found = lines(parameters={"maxmemory-policy": "allkeys-lru", "appendonly": "yes"})
    assert found.index('maxmemory-policy "allkeys-lru"') > found.index(
        "maxmemory-policy volatile-lru"
    )
    assert 'appendonly "yes"' in found


def test_a_share_of_the_nodes_memory_is_reserved() -> None:
    assert f"maxmemory {512 * 1024**2 * 3 // 4}" in lines()
    assert f"maxmemory {512 * 1024**2 // 2}" in lines(parameters={"reserved-memory-percent": "50"})


def test_what_only_aws_knows_is_left_out() -> None:
    found = "\n".join(lines(parameters={"cluster-enabled": "no", "reserved-memory-percent": "30"}))
    assert "cluster-enabled" not in found and "reserved" not in found


def test_three_parameters_make_one_limit() -> None:
    found = lines(parameters={"client-output-buffer-limit-pubsub-soft-seconds": "30"})
    assert "client-output-buffer-limit pubsub 33554432 8388608 30" in found


def test_restricted_commands_are_gone() -> None:
    assert 'rename-command CONFIG ""' in lines()
