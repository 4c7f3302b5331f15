"""The database and the cache."""

from __future__ import annotations

from drifts.found import OWNER, PREFIX, Client, Properties, security_group, subnet

DATABASE = {
    "auto_minor_version_upgrade": {"AutoMinorVersionUpgrade": False},
    "backup_retention_period": {"BackupRetentionPeriod": 1},
    "copy_tags_to_snapshot": {"CopyTagsToSnapshot": False},
    "db_instance_class": {"DBInstanceClass": "db.t3.large"},
    "deletion_protection": {"DeletionProtection": True},
    "multi_az": {"MultiAZ": True},
    "preferred_backup_window": {"PreferredBackupWindow": "10:00-11:00"},
    "preferred_maintenance_window": {"PreferredMaintenanceWindow": "sat:05:00-sat:06:00"},
    "publicly_accessible": {"PubliclyAccessible": True},
}
CACHE = {
    "auto_minor_version_upgrade": {"AutoMinorVersionUpgrade": False},
    "maintenance_window": {"PreferredMaintenanceWindow": "sat:05:00-sat:06:00"},
    "node_type": {"CacheNodeType": "cache.r6g.large"},
    "snapshot_retention": {"SnapshotRetentionLimit": 5},
}


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    return drift_database(client) | drift_cache(client)


def drift_database(client: Client) -> Properties:
    """Its settings, who gets in, a parameter, where it may stand."""
    rds, name = client("rds"), f"{PREFIX}-database"
    app = security_group(client, "app")["GroupId"]
    given = {key: value for one in DATABASE.values() for key, value in one.items()}
    done = rds.modify_db_instance(
        DBInstanceIdentifier=name, VpcSecurityGroupIds=[app], ApplyImmediately=True, **given
    )
    rds.add_tags_to_resource(ResourceName=done["DBInstance"]["DBInstanceArn"], Tags=[OWNER])
    # amazon.aws is silent about a parameter in check mode.
    rds.modify_db_parameter_group(
        DBParameterGroupName=name,
        Parameters=[
            {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
        ],
    )
    rds.modify_db_subnet_group(
        DBSubnetGroupName=name, SubnetIds=[subnet(client, f"public-{zone}") for zone in "ab"]
    )
    return {
        *(("db_instance", name, one) for one in DATABASE),
        ("db_instance", name, "vpc_security_group_ids"),
        ("db_instance", name, "tags.Owner"),
        ("db_parameter_group", name, "params.rds.force_ssl"),
        ("db_subnet_group", name, "subnets"),
    }


def drift_cache(client: Client) -> Properties:
    """Its settings and a parameter."""
    cache, name = client("elasticache"), f"{PREFIX}-cache"
    given = {key: value for one in CACHE.values() for key, value in one.items()}
    done = cache.modify_replication_group(ReplicationGroupId=name, ApplyImmediately=True, **given)
    cache.add_tags_to_resource(ResourceName=done["ReplicationGroup"]["ARN"], Tags=[OWNER])
    cache.modify_cache_parameter_group(
        CacheParameterGroupName=name,
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": "volatile-lru"}
        ],
    )
    return {
        *(("replication_group", name, one) for one in CACHE),
        ("replication_group", name, "tags.Owner"),
        ("cache_parameter_group", name, "maxmemory-policy"),
    }
