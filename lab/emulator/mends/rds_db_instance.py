"""An RDS instance gets the defaults of AWS, and a status that follows its real database.

User guide, storage: a gp3 volume has 3000 IOPS and 125 MiB/s unless asked otherwise (PostgreSQL
below 400 GiB); moto 5.2 leaves both empty. Engine version `15` means the newest 15.x, which is
what DescribeDBInstances then says; moto keeps `15`, and derives from it the parameter group
`default.postgres`, which AWS does not have. Each instance has a resource id of its own, in moto
all share one. DBName stays unset when a subnet group in use is deleted: AWS refuses that with
InvalidDBSubnetGroupStateFault, moto does not.
"""

from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBInstance, RDSBackend

from lab.emulator import creation, followed
from lab.emulator.mends import mend

NEWEST = {"13": "13.22", "14": "14.19", "15": "15.14", "16": "16.10", "17": "17.6"}


@mend(DBInstance, "__init__")
def _init(original: Any, self: DBInstance, *args: Any, **kwargs: Any) -> None:
    version = kwargs.get("engine_version")
    if kwargs.get("engine") == "postgres":
        kwargs["engine_version"] = NEWEST.get(version or "15", version)
    if kwargs.get("storage_type") == "gp3":
        kwargs["iops"] = kwargs.get("iops") or 3000
        kwargs["storage_throughput"] = kwargs.get("storage_throughput") or 125
    original(self, *args, **kwargs)
    self.dbi_resource_id = f"db-{mock_random.get_random_string(length=26).upper()}"
    if self.engine == "postgres":
        self.status = followed.first_status("database")
        if not followed.is_followed("database"):
            creation.make(self, "status", "database", "creating", "available")


@mend(DBInstance, "default_db_parameter_group_details")
def _family(original: Any, self: DBInstance) -> tuple[str, str]:
    if self.engine != "postgres":
        return original(self)
    family = f"postgres{self.engine_version.split('.')[0]}"
    return family, f"default.{family}"


@mend(RDSBackend, "modify_db_instance")
def _modify(
    original: Any, self: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]
) -> DBInstance:
    database = self.describe_db_instances(db_instance_identifier)[0]
    version = db_kwargs.get("engine_version")
    if database.engine == "postgres" and version in NEWEST:
        same = database.engine_version.split(".")[0] == version
        db_kwargs["engine_version"] = database.engine_version if same else NEWEST[version]
    return original(self, db_instance_identifier, db_kwargs)


@mend(RDSBackend, "delete_subnet_group")
def _delete_subnet_group(original: Any, self: RDSBackend, subnet_name: str) -> Any:
    for database in self.databases.values():
        group = getattr(database, "db_subnet_group", None)
        if group and group.resource_id == subnet_name:
            raise RDSClientError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database "
                f"instance: {database.db_instance_identifier} is still using it.",
            )
    return original(self, subnet_name)


def reboots(database: DBInstance) -> int:
    """How often an instance was rebooted: the lab then restarts its server."""
    return getattr(database, "reboots", 0)


@mend(RDSBackend, "reboot_db_instance")
def _reboot(original: Any, self: RDSBackend, db_instance_identifier: str) -> DBInstance:
    database = original(self, db_instance_identifier)
    database.reboots = reboots(database) + 1
    return database
