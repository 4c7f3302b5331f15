#!/usr/bin/python3
"""Teach the database the pending version of a secret: its user, with its password.

Two users take turns, NAME and NAME_clone, so that the one in use keeps its password until nobody
uses it. The clone acts as NAME from its login on: what it makes belongs to NAME. Both versions
are read with this instance's role; prints users' names, never a value.

With --restored the database is one that was restored, and knows the passwords of its time, but for
the master user's: let the current version's user in, then ask it the checks, and print as JSON what
came of them.
"""

import argparse
import json
import os
import sys
import time

import boto3
import psycopg2
from botocore.exceptions import BotoCoreError, ClientError
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

CLONE = "_clone"


def version(client, secret: str, stage: str) -> dict[str, str]:
    """The fields of one version of the secret."""
    answer = client.get_secret_value(SecretId=secret, VersionStage=stage)
    return json.loads(answer["SecretString"])


def connect(options: argparse.Namespace, fields: dict[str, str]):
    """A connection as the user of one version."""
    return psycopg2.connect(
        host=options.host, port=options.port, dbname=options.database, user=fields["username"],
        password=fields["password"], sslmode="verify-full", sslrootcert=options.authorities,
        connect_timeout=10,
    )  # fmt: skip


def teach(connection, pending: dict[str, str]) -> None:
    """Have the pending version's user with its password, all of it or nothing."""
    user, owner = pending["username"], pending["username"].removesuffix(CLONE)
    # The server gets no more than the verifier, and so does its log.
    verifier = encrypt_password(pending["password"], user, connection, "scram-sha-256")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,))
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(user)))
        if user != owner:
            names = {"user": sql.Identifier(user), "owner": sql.Identifier(owner)}
            cursor.execute(sql.SQL("GRANT {owner} TO {user}").format(**names))
            cursor.execute(sql.SQL("ALTER ROLE {user} SET role TO {owner}").format(**names))
        cursor.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(verifier))
        )


def patient(options: argparse.Namespace, fields: dict[str, str]):
    """A connection as the user of one version, once its password is in force."""
    end = time.monotonic() + options.wait
    while True:
        try:
            return connect(options, fields)
        except psycopg2.OperationalError:
            if time.monotonic() > end:
                raise
        time.sleep(2)


def passed(check: dict, value) -> bool:
    """Whether a value is what a check expects; where it says nothing, whether there is one."""
    if "equals" in check:
        return str(value) == str(check["equals"])
    if value is None:
        return False
    return not ({"min", "max"} & check.keys()) or (
        float(check.get("min", "-inf")) <= float(value) <= float(check.get("max", "inf"))
    )


def ask(connection, check: dict) -> dict:
    """What came of one check: the first field of the first row, and whether it passed."""
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '300s'")
            cursor.execute(check["query"])
            row = cursor.fetchone()
            value = row[0] if row else None
        told = value if value is None or isinstance(value, int | float | str) else str(value)
        return {"name": check["name"], "value": told, "passed": passed(check, value)}
    except (psycopg2.Error, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        return {"name": check["name"], "value": None, "passed": False, "reason": reason}


def admit(options: argparse.Namespace, client) -> dict:
    """Let the current version's user into a restored database, and ask it the checks."""
    current = version(client, options.secret, "AWSCURRENT")
    owner = {**current, "username": current["username"].removesuffix(CLONE)}
    connection = patient(options, owner)
    try:
        if owner != current:
            teach(connection, current)
    finally:
        connection.close()
    connection = connect(options, current)
    try:
        connection.set_session(readonly=True)
        return {
            "user": current["username"],
            "checks": [ask(connection, check) for check in options.checks],
        }
    finally:
        connection.close()


def main() -> int:
    """Teach it, then log in with it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--secret", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, default=5432)
    parser.add_argument("--database", required=True)
    parser.add_argument("--authorities", required=True, help="file of certificate authorities")
    parser.add_argument("--restored", action="store_true", help="let today's user in, and ask")
    parser.add_argument("--wait", type=float, default=0, help="seconds for a password to be known")
    parser.add_argument("--checks", type=json.loads, default=[], help="JSON: name, query, min ...")
    options = parser.parse_args()
    # One attempt of one second is botocore's own: a busy host needs longer.
    os.environ.setdefault("AWS_METADATA_SERVICE_TIMEOUT", "5")
    os.environ.setdefault("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "3")
    try:
        client = boto3.client("secretsmanager", region_name=options.region)
        if options.restored:
            print(json.dumps(admit(options, client)))
            return 0
        current, pending = (
            version(client, options.secret, stage) for stage in ("AWSCURRENT", "AWSPENDING")
        )
        connection = connect(options, current)
        try:
            teach(connection, pending)
        finally:
            connection.close()
        connect(options, pending).close()
    except (BotoCoreError, ClientError, psycopg2.Error) as error:
        print(f"{type(error).__name__}: {str(error).strip()}", file=sys.stderr)
        return 1
    print(f"{pending['username']} has a new password; {current['username']} keeps its own")
    return 0


if __name__ == "__main__":
    sys.exit(main())
