"""What a Redis that stands for an ElastiCache replication group runs with, from its record."""

from lab.emulator.parameters import of_family
from lab.emulator.stores import Cache

FOLDER = "/etc/lab/cache"
MIB = 1024**2
# ElastiCache user guide, node-type specific parameters: maxmemory of small nodes, in MiB.
MEMORY = {
    "cache.t2.micro": 555, "cache.t2.small": 1588, "cache.t3.micro": 512, "cache.t3.small": 1402,
    "cache.t3.medium": 3165, "cache.t4g.micro": 512, "cache.t4g.small": 1402,
    "cache.t4g.medium": 3165,
}  # fmt: skip
DEFAULT_MEMORY = 1024
# Parameters of AWS's own, or of a build of Redis that Debian's is not.
FOREIGN = {
    "cluster-enabled", "close-on-slave-write", "rename-commands", "reserved-memory", "maxclients",
    "slave-allow-chaining", "replica-allow-chaining", "cluster-allow-pubsubshard-when-down",
    "cluster-allow-reads-when-down", "cluster-preferred-endpoint-type", "activedefrag",
    "cluster-require-full-coverage", "min-replicas-to-write", "min-replicas-max-lag",
}  # fmt: skip
# ElastiCache user guide, restricted commands.
RESTRICTED = ("BGREWRITEAOF", "BGSAVE", "CONFIG", "DEBUG", "MIGRATE", "SAVE", "SHUTDOWN")

START = f"""\
#!/bin/sh
# Runs as root, the server as redis: what it reads is its own.
set -eu
install -d -m 0700 -o redis -g redis /run/redis /var/lib/redis
install -m 0600 -o redis -g redis {FOLDER}/redis.conf {FOLDER}/server.crt {FOLDER}/server.key \\
  /run/redis/
exec gosu redis redis-server /run/redis/redis.conf
"""


def configuration(cache: Cache) -> str:
    """Write redis.conf: TLS and AUTH of the record, the limits of its node, its parameters."""
    share = 100 - int(cache.parameters.get("reserved-memory-percent", 25))
    limit = MEMORY.get(cache.node_type, DEFAULT_MEMORY) * MIB * share // 100
    lines = [
        "bind 0.0.0.0", "protected-mode no", "dir /var/lib/redis", 'save ""', "daemonize no",
        f"maxmemory {limit}", "maxmemory-policy volatile-lru", "tcp-keepalive 300",
    ]  # fmt: skip
    if cache.tls:
        lines += [
            "port 0", f"tls-port {cache.port}", "tls-cert-file /run/redis/server.crt",
            "tls-key-file /run/redis/server.key", "tls-auth-clients no",
            'tls-protocols "TLSv1.2 TLSv1.3"',
        ]  # fmt: skip
    else:
        lines.append(f"port {cache.port}")
    if cache.token:
        lines.append(f'requirepass "{_escaped(cache.token)}"')
    lines += [f'rename-command {name} ""' for name in RESTRICTED]
    lines += [f'{name} "{_escaped(value)}"' for name, value in _own(cache.parameters).items()]
    lines += _output_limits(cache.parameters)
    return "\n".join(lines) + "\n"


def _own(parameters: dict[str, str]) -> dict[str, str]:
    """Keep what Redis knows by the same name."""
    ours = ("client-output-buffer-limit-", "active-defrag-", "reserved-memory")
    return {
        name: value
        for name, value in parameters.items()
        if name not in FOREIGN and not name.startswith(ours)
    }


def _output_limits(parameters: dict[str, str]) -> list[str]:
    """Put together what AWS keeps in three parameters each."""
    known, lines = of_family("redis7"), []
    for kind in ("normal", "pubsub"):
        names = [
            f"client-output-buffer-limit-{kind}-{end}"
            for end in ("hard-limit", "soft-limit", "soft-seconds")
        ]
        if parameters.keys() & set(names):
            values = [parameters.get(name, known[name].value) for name in names]
            lines.append(f"client-output-buffer-limit {kind} {' '.join(values)}")
    return lines


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
