"""PostgreSQL runs as the record of its RDS instance says."""

import pytest

from lab import postgres
from lab.emulator.stores import Database


def database(**more: object) -> Database:
    given = {
        "id": "db", "region": "us-east-1", "resource_id": "db-1", "status": "creating",
        "address": "db.test", "port": 5432, "username": "app", "password": "it's \\ secret",
        "name": "shop", "instance_class": "db.t3.micro",
    }  # fmt: skip
    return Database(**(given | more))  # type: ignore[arg-type]


def test_parameters_of_the_group_come_last() -> None:
    text = postgres.configuration(
        database(parameters={"max_connections": "77", "log_line_prefix": "it's"})
    )
    assert "max_connections = '77'\n" in text
    assert "log_line_prefix = 'it''s'\n" in text
    assert text.count("log_line_prefix") == 1


def test_the_port_is_the_records() -> None:
    assert "port = '5433'\n" in postgres.configuration(database(port=5433))


@pytest.mark.parametrize(("forced", "kind"), [(True, "hostssl"), (False, "host")])
def test_tls_is_forced_unless_the_group_says_otherwise(forced: bool, kind: str) -> None:
    lines = postgres.access(database(force_ssl=forced)).splitlines()
    assert lines[-1] == f"{kind} all all all scram-sha-256"
    assert "host all rdsadmin all reject" in lines


def test_the_master_is_no_superuser() -> None:
    text = postgres.statements(database())
    assert "SUPERUSER" not in text.replace("rds_superuser", "")
    assert "'it''s \\ secret'" in text
    assert "CREATE DATABASE %I OWNER %I', 'shop', 'app'" in text


def test_without_a_name_there_is_no_database_of_ones_own() -> None:
    assert postgres.statements(database(name="")).count("CREATE DATABASE") == 1


@pytest.mark.parametrize(
    ("text", "size", "value"),
    [
        ("500", "db.t3.micro", "500"),
        ("LEAST({DBInstanceClassMemory/9531392},5000)", "db.t3.micro", "112"),
        ("LEAST({DBInstanceClassMemory/9531392},5000)", "db.m5.2xlarge", "3604"),
        ("{DBInstanceClassMemory*3/32768/4}", "db.t3.small", "49152"),
        ("GREATEST({DBInstanceVCPU*2},8)", "db.m5.2xlarge", "16"),
    ],
)
def test_formulas_go_by_the_instances_size(text: str, size: str, value: str) -> None:
    assert postgres.value(text, size) == value


def test_a_formula_is_arithmetic_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="not a formula"):
        postgres.value("{__import__('os').getcwd()}", "db.t3.micro")
