"""What a PostgreSQL that stands for an RDS instance runs with, made from its record."""

import ast
import hashlib
import operator
import re
from collections.abc import Callable

from lab.emulator.stores import Database

ADMIN = "rdsadmin"
BIN = "/usr/lib/postgresql/15/bin"
FOLDER = "/etc/lab/database"
# Outside of the data: what the server has written since its first backup, and backups being taken.
ARCHIVE = "/var/lib/postgresql/archive"
GIB = 1024**3
MEMORY = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
VCPU = {"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8}

_FORMULA = re.compile(r"\{([^{}]*)\}")
_CALL = re.compile(r"^(LEAST|GREATEST|SUM)\((.*)\)$")
_OPERATIONS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

START = f"""\
#!/bin/sh
# Makes the cluster once, empty or from a backup, then becomes its server. Runs as root, the server
# as postgres.
set -eu
bin={BIN} data=/var/lib/postgresql/data seed={FOLDER}/seed restore=/var/lib/postgresql/restore
install -d -m 0700 -o postgres -g postgres "$data" /var/lib/postgresql/tls /run/postgresql \\
  {ARCHIVE} {ARCHIVE}/wal {ARCHIVE}/base
install -m 0600 -o postgres -g postgres {FOLDER}/server.crt {FOLDER}/server.key \\
  /var/lib/postgresql/tls/
if [ ! -s "$data/PG_VERSION" ] && [ -d "$seed" ]; then
  rm -rf "$restore"
  cp -r "$seed" "$restore"
  chown -R postgres: "$restore"
  # What says that the cluster is whole comes last.
  gosu postgres tar -x -f "$restore/base.tar" -C "$data" --anchored --exclude=PG_VERSION
  gosu postgres cp "$restore/recovery.conf" "$data/postgresql.auto.conf"
  [ ! -s "$restore/recovery.conf" ] || gosu postgres touch "$data/recovery.signal"
  gosu postgres tar -x -f "$restore/base.tar" -C "$data" PG_VERSION
elif [ ! -s "$data/PG_VERSION" ]; then
  gosu postgres "$bin/initdb" -D "$data" -U {ADMIN} -E UTF8 --locale=C.UTF-8 --wal-segsize=1 \\
    -A reject >/dev/null
fi
exec gosu postgres "$bin/postgres" -D "$data" -c config_file={FOLDER}/postgresql.conf
"""

IDENT = f"lab root {ADMIN}\nlab postgres {ADMIN}\n"


def configuration(database: Database) -> str:
    """Write postgresql.conf: what RDS sets, then the parameters of the record's group."""
    settings = {
        "listen_addresses": "*",
        "port": str(database.port),
        "unix_socket_directories": "/run/postgresql",
        "hba_file": f"{FOLDER}/pg_hba.conf",
        "ident_file": f"{FOLDER}/pg_ident.conf",
        "ssl": "on",
        "ssl_cert_file": "/var/lib/postgresql/tls/server.crt",
        "ssl_key_file": "/var/lib/postgresql/tls/server.key",
        "password_encryption": "scram-sha-256",
        "shared_preload_libraries": "pg_stat_statements",
        "log_line_prefix": "%t:%r:%u@%d:[%p]:",
        "timezone": "UTC",
        "archive_mode": "on",
        "archive_timeout": "300",
        "archive_command": f"cp %p {ARCHIVE}/wal/.%f && mv {ARCHIVE}/wal/.%f {ARCHIVE}/wal/%f",
        # The data outlives the server, not a crash of the machine: a lab, not a bank.
        "fsync": "off",
    }
    settings |= {
        name: value(text, database.instance_class) for name, text in database.parameters.items()
    }
    return "".join(f"{name} = {_quoted(text)}\n" for name, text in settings.items())


def access(database: Database) -> str:
    """Write pg_hba.conf: TLS only where rds.force_ssl is on, as it is by default since 15."""
    kind = "hostssl" if database.force_ssl else "host"
    return (
        f"local all,replication {ADMIN} peer map=lab\n"
        f"host all {ADMIN} all reject\n"
        f"{kind} all all all scram-sha-256\n"
    )


def recovery(until: str) -> str:
    """Write the settings with which a server replays what another one wrote until a time.

    Nobody gets in before it is there: what came later must not be seen.
    """
    settings = {
        "restore_command": "cp /var/lib/postgresql/restore/wal/%f %p",
        "recovery_target_time": until,
        "recovery_target_action": "promote",
        "hot_standby": "off",
    }
    return "".join(f"{name} = {_quoted(text)}\n" for name, text in settings.items())


def statements(database: Database) -> str:
    """Write the SQL that gives the master user and the database of the record; done twice, once.

    As on RDS the master is no superuser; it may make roles and databases, and owns the first one.
    """
    user, secret = _quoted(database.username), _quoted(database.password)
    mark = _quoted(f"password {hashlib.sha256(database.password.encode()).hexdigest()}")
    lines = [
        "\\set ON_ERROR_STOP on",
        # The server's log shall not hold the password, whatever goes wrong.
        "SET client_min_messages = warning;",
        "SET log_statement = 'none'; SET log_min_error_statement = 'panic';",
        "SELECT pg_reload_conf() \\g /dev/null",
        "SELECT 'CREATE ROLE rds_superuser NOLOGIN' WHERE NOT EXISTS "
        "(SELECT FROM pg_roles WHERE rolname = 'rds_superuser') \\gexec",
        "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION;",
        f"SELECT format('CREATE ROLE %I', {user}) WHERE NOT EXISTS "
        f"(SELECT FROM pg_roles WHERE rolname = {user}) \\gexec",
        f"SELECT format('ALTER ROLE %I LOGIN CREATEDB CREATEROLE', {user}) \\gexec",
        # Once for each password of the record: one that was given by SQL since stays, as on RDS.
        f"SELECT format('ALTER ROLE %I PASSWORD %L', {user}, {secret}) FROM pg_roles WHERE rolname "
        f"= {user} AND shobj_description(oid, 'pg_authid') IS DISTINCT FROM {mark} \\gexec",
        f"SELECT format('COMMENT ON ROLE %I IS %L', {user}, {mark}) \\gexec",
        f"SELECT format('GRANT rds_superuser TO %I', {user}) \\gexec",
    ]
    for name in dict.fromkeys(filter(None, ("postgres", database.name))):
        lines += [
            f"SELECT format('CREATE DATABASE %I OWNER %I', {_quoted(name)}, {user}) WHERE NOT "
            f"EXISTS (SELECT FROM pg_database WHERE datname = {_quoted(name)}) \\gexec",
            f"SELECT format('ALTER DATABASE %I OWNER TO %I', {_quoted(name)}, {user}) \\gexec",
        ]
    return "\n".join(lines) + "\n"


def value(text: str, instance_class: str) -> str:
    """Work out a parameter's value: a literal, or RDS's formula over the instance's size.

    `LEAST({DBInstanceClassMemory/9531392},5000)` on a db.t3.micro is `112`.
    """
    size = instance_class.rpartition(".")[2]
    known = {
        "DBInstanceClassMemory": MEMORY.get(size, 8) * GIB,
        "DBInstanceVCPU": VCPU.get(size, 2),
    }
    plain = _FORMULA.sub(
        lambda match: str(int(_work_out(match[1], known))), text.replace("${", "{")
    )
    call = _CALL.match(plain)
    if not call:
        return plain
    numbers = [int(float(each)) for each in call[2].split(",")]
    return str({"LEAST": min, "GREATEST": max, "SUM": sum}[call[1]](numbers))


def _work_out(text: str, known: dict[str, int]) -> float:
    def visit(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return _OPERATIONS[type(node.op)](visit(node.left), visit(node.right))
        if isinstance(node, ast.Name) and node.id in known:
            return known[node.id]
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value
        raise ValueError(f"not a formula of RDS: {text}")

    return visit(ast.parse(text, mode="eval").body)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
