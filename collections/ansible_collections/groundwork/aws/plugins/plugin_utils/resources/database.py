"""Database instance, its parameter group and its subnet group."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    plain_tags,
)

# the module's arguments -> the API's, where the value is the same
INSTANCE = {
    "allocated_storage": "AllocatedStorage",
    "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
    "backup_retention_period": "BackupRetentionPeriod",
    "ca_certificate_identifier": "CACertificateIdentifier",
    "copy_tags_to_snapshot": "CopyTagsToSnapshot",
    "db_instance_class": "DBInstanceClass",
    "db_name": "DBName",
    "deletion_protection": "DeletionProtection",
    "enable_cloudwatch_logs_exports": "EnabledCloudwatchLogsExports",
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine": "Engine",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "master_username": "MasterUsername",
    "max_allocated_storage": "MaxAllocatedStorage",
    "monitoring_interval": "MonitoringInterval",
    "multi_az": "MultiAZ",
    "preferred_backup_window": "PreferredBackupWindow",
    "preferred_maintenance_window": "PreferredMaintenanceWindow",
    "publicly_accessible": "PubliclyAccessible",
    "storage_type": "StorageType",
}
# What AWS leaves out where it is off.
OFF = {"enable_cloudwatch_logs_exports": [], "max_allocated_storage": None}
# the module's state -> the API's, where it is asked for
STATES = {"started": "available", "running": "available", "stopped": "stopped"}


class Instance(Kind):
    """A database instance."""

    service = "rds"

    def name(self, args: Arguments) -> str | None:
        return args.get("id") or args.get("db_instance_identifier")

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        answer = clients["rds"].describe_db_instances(DBInstanceIdentifier=self.name(args))
        instance = answer["DBInstances"][0]
        properties = {
            ours: instance.get(theirs, OFF.get(ours))
            for ours, theirs in INSTANCE.items()
            if theirs in instance or ours in OFF
        }
        properties["vpc_security_group_ids"] = [
            group["VpcSecurityGroupId"]
            for group in instance["VpcSecurityGroups"]
            if group.get("Status") in (None, "active", "adding")
        ]
        groups = [group["DBParameterGroupName"] for group in instance["DBParameterGroups"]]
        properties["db_parameter_group_name"] = groups[0] if groups else ""
        properties["state"] = instance["DBInstanceStatus"]
        return Found(
            instance["DBInstanceIdentifier"], properties, plain_tags(instance.get("TagList"))
        )

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        for name in ("id", "db_instance_identifier", "final_snapshot_identifier"):
            asked.pop(name, None)
        state = STATES.get(str(args.get("state", "present")))
        return {**asked, "state": state} if state else asked


class ParameterGroup(Kind):
    """A parameter group; each parameter is a property of its own."""

    service = "rds"
    # amazon.aws 11.4 says in check mode that they stay as they are.
    unplanned = ("params.",)

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        rds = clients["rds"]
        answer = rds.describe_db_parameter_groups(DBParameterGroupName=args["name"])
        group = answer["DBParameterGroups"][0]
        wanted = set(parameters(args))
        values = dict.fromkeys(sorted(wanted))
        if wanted:
            pages = rds.get_paginator("describe_db_parameters").paginate(
                DBParameterGroupName=args["name"]
            )
            values |= {
                f"params.{item['ParameterName']}": item.get("ParameterValue")
                for page in pages
                for item in page["Parameters"]
                if f"params.{item['ParameterName']}" in wanted
            }
        arn = group["DBParameterGroupArn"]
        tags = rds.list_tags_for_resource(ResourceName=arn)["TagList"]
        return Found(group["DBParameterGroupName"], values, plain_tags(tags))

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        for name in ("params", "parameters", "immediate"):
            asked.pop(name, None)
        return {**asked, **parameters(args)}


def parameters(args: Arguments) -> dict[str, str]:
    """The parameters that the arguments ask for, by property, as AWS spells their values."""
    asked = args.get("params") or args.get("parameters") or {}
    return {
        f"params.{name}": str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in asked.items()
    }


class SubnetGroup(Kind):
    """A subnet group."""

    service = "rds"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        rds = clients["rds"]
        group = rds.describe_db_subnet_groups(DBSubnetGroupName=args["name"])["DBSubnetGroups"][0]
        properties = {
            "description": group["DBSubnetGroupDescription"],
            "subnets": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]],
        }
        arn = group["DBSubnetGroupArn"]
        tags = rds.list_tags_for_resource(ResourceName=arn)["TagList"]
        return Found(group["DBSubnetGroupName"], properties, plain_tags(tags))


class Snapshot(Kind):
    """A snapshot of a database instance, taken by hand."""

    service = "rds"

    def name(self, args: Arguments) -> str | None:
        return args.get("db_snapshot_identifier")

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        asked = {"DBSnapshotIdentifier": self.name(args)}
        snapshot = clients["rds"].describe_db_snapshots(**asked)["DBSnapshots"][0]
        return Found(snapshot["DBSnapshotIdentifier"], {}, plain_tags(snapshot.get("TagList")))

    def asked(self, args: Arguments) -> dict[str, Any]:
        return {}


KINDS: dict[str, Kind] = {
    "amazon.aws.rds_instance_snapshot": Snapshot("db_snapshot"),
    "amazon.aws.rds_instance": Instance("db_instance", "id"),
    "amazon.aws.rds_instance_param_group": ParameterGroup("db_parameter_group"),
    "amazon.aws.rds_subnet_group": SubnetGroup("db_subnet_group"),
}
