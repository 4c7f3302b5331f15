"""RDS answers as AWS does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.emulator import followed, stores

Aws = Callable[[str], Any]


@pytest.fixture
def rds(aws: Aws) -> Any:
    client = aws("rds")
    client.create_db_parameter_group(
        DBParameterGroupName="pg", DBParameterGroupFamily="postgres15", Description="d"
    )
    return client


@pytest.fixture
def create(rds: Any) -> Callable[..., dict[str, Any]]:
    def make(**more: Any) -> dict[str, Any]:
        asked = {
            "DBInstanceIdentifier": "db",
            "Engine": "postgres",
            "EngineVersion": "15",
            "DBInstanceClass": "db.t3.micro",
            "AllocatedStorage": 20,
            "MasterUsername": "app",
            "MasterUserPassword": "a-password-of-the-test",
        }
        return rds.create_db_instance(**(asked | more))["DBInstance"]

    return make


@pytest.fixture
def follow() -> Iterator[None]:
    followed.follow("database")
    yield
    followed.unfollow("database")


def parameters(rds: Any, **more: Any) -> dict[str, dict[str, Any]]:
    pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName="pg", **more)
    return {one["ParameterName"]: one for page in pages for one in page["Parameters"]}


def modify(rds: Any, name: str, value: str, method: str = "pending-reboot") -> None:
    one = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
    rds.modify_db_parameter_group(DBParameterGroupName="pg", Parameters=[one])


def test_an_unknown_parameter_group_is_an_error(rds: Any) -> None:
    with pytest.raises(rds.exceptions.DBParameterGroupNotFoundFault):
        rds.describe_db_parameter_groups(DBParameterGroupName="no-such")


def test_a_group_lists_all_parameters_of_its_family(rds: Any) -> None:
    modify(rds, "max_connections", "200")
    found = parameters(rds)
    assert len(found) > 300
    assert found["max_connections"]["ParameterValue"] == "200"
    assert found["max_connections"]["ApplyType"] == "static"
    assert found["work_mem"]["DataType"] == "integer" and "ParameterValue" not in found["work_mem"]
    assert found["rds.force_ssl"]["ParameterValue"] == "1"
    assert not found["data_directory"]["IsModifiable"]
    assert list(parameters(rds, Source="user")) == ["max_connections"]


@pytest.mark.parametrize(
    ("name", "value", "method"),
    [
        ("no_such", "1", "immediate"),
        ("work_mem", "-5", "immediate"),
        ("data_directory", "/x", "pending-reboot"),
        ("log_statement", "sometimes", "immediate"),
        ("max_connections", "200", "immediate"),
    ],
)
def test_a_group_refuses(rds: Any, name: str, value: str, method: str) -> None:
    with pytest.raises(ClientError):
        modify(rds, name, value, method)
    assert parameters(rds, Source="user") == {}


def test_a_formula_is_a_value(rds: Any) -> None:
    modify(rds, "shared_buffers", "{DBInstanceClassMemory/32768}")
    assert "shared_buffers" in parameters(rds, Source="user")


def test_a_group_is_reset(rds: Any) -> None:
    modify(rds, "work_mem", "8192", "immediate")
    rds.reset_db_parameter_group(DBParameterGroupName="pg", ResetAllParameters=True)
    assert parameters(rds, Source="user") == {}


def test_a_group_in_use_stays(rds: Any, create: Any) -> None:
    create(DBParameterGroupName="pg")
    with pytest.raises(rds.exceptions.InvalidDBParameterGroupStateFault):
        rds.delete_db_parameter_group(DBParameterGroupName="pg")
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    rds.delete_db_parameter_group(DBParameterGroupName="pg")


def test_gp3_has_its_baseline(create: Any) -> None:
    made = create(StorageType="gp3")
    assert (made["Iops"], made["StorageThroughput"]) == (3000, 125)
    assert "StorageThroughput" not in create(DBInstanceIdentifier="old", StorageType="gp2")


def test_a_major_version_means_its_newest(create: Any) -> None:
    made = create()
    assert made["EngineVersion"].startswith("15.")
    assert made["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres15"


def test_each_instance_has_a_resource_id_of_its_own(create: Any) -> None:
    ids = {create(DBInstanceIdentifier=name)["DbiResourceId"] for name in ("a1", "b1")}
    assert len(ids) == 2


def test_a_followed_instance_is_available_when_it_answers(
    rds: Any, create: Any, follow: None
) -> None:
    assert create()["DBInstanceStatus"] == "creating"
    stores.set_database_status("us-east-1", "db", "available")
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available"


def test_the_record_as_the_lab_reads_it(rds: Any, create: Any) -> None:
    modify(rds, "max_connections", "77")
    modify(rds, "rds.force_ssl", "0", "immediate")
    create(DBParameterGroupName="pg", DBName="app")
    rds.reboot_db_instance(DBInstanceIdentifier="db")
    (found,) = stores.databases()
    assert (found.id, found.username, found.name, found.port) == ("db", "app", "app", 5432)
    assert found.password == "a-password-of-the-test" and found.password not in repr(found)
    assert found.parameters == {"max_connections": "77"}
    assert (found.force_ssl, found.reboots) == (False, 1)


def test_a_managed_password_is_read_from_its_secret(rds: Any) -> None:
    rds.create_db_instance(
        DBInstanceIdentifier="db",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="app",
        ManageMasterUserPassword=True,
    )
    assert len(stores.databases()[0].password) >= 8


def test_windows_may_touch_and_not_overlap(create: Callable[..., dict[str, Any]]) -> None:
    week = "sun:04:00-sun:05:00"
    for number, day in enumerate(("05:00-06:00", "03:00-04:00")):
        made = create(
            DBInstanceIdentifier=f"db{number}",
            PreferredMaintenanceWindow=week,
            PreferredBackupWindow=day,
        )
        assert made["PreferredBackupWindow"] == day
    with pytest.raises(ClientError, match="must not overlap"):
        create(PreferredMaintenanceWindow=week, PreferredBackupWindow="04:30-05:30")
