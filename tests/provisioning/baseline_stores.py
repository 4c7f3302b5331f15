"""The checks of docs/security.md about the database and the cache."""

from __future__ import annotations

from typing import Any


class Stores:
    """Database and cache, asked."""

    account: Any
    database: dict[str, Any]
    cache: dict[str, Any]
    private: set[str]

    def rds_instance_storage_encrypted(self):
        return self.database["StorageEncrypted"]

    def rds_instance_transport_encrypted(self):
        (group,) = self.database["DBParameterGroups"]
        ask = {"DBParameterGroupName": group["DBParameterGroupName"]}
        pages = self.account.client("rds").get_paginator("describe_db_parameters").paginate(**ask)
        found = [one for page in pages for one in page["Parameters"]]
        forced = [one["ParameterValue"] for one in found if one["ParameterName"] == "rds.force_ssl"]
        return forced == ["1"]

    def rds_instance_backup_enabled(self):
        return self.database["BackupRetentionPeriod"] >= 7

    def rds_instance_deletion_protection(self):
        return self.database["DeletionProtection"]

    def rds_instance_multi_az(self):
        return self.database["MultiAZ"]

    def rds_instance_copy_tags_to_snapshots(self):
        return self.database["CopyTagsToSnapshot"]

    def rds_instance_iam_authentication_enabled(self):
        return self.database["IAMDatabaseAuthenticationEnabled"]

    def rds_instance_integration_cloudwatch_logs(self):
        return set(self.database["EnabledCloudwatchLogsExports"]) == {"postgresql", "upgrade"}

    def rds_instance_minor_version_upgrade_enabled(self):
        return self.database["AutoMinorVersionUpgrade"]

    def rds_instance_no_public_access(self):
        return not self.database["PubliclyAccessible"]

    def rds_instance_default_admin(self):
        return self.database["MasterUsername"] not in ("admin", "postgres")

    def rds_instance_non_default_port(self):
        return self.database["Endpoint"]["Port"] != 5432

    def rds_instance_enhanced_monitoring_enabled(self):
        return self.database.get("MonitoringInterval", 0) > 0

    def rds_instance_extended_support(self):
        return "disabled" in self.database.get("EngineLifecycleSupport", "")

    def elasticache_redis_cluster_in_transit_encryption_enabled(self):
        return self.cache["TransitEncryptionEnabled"]

    def elasticache_redis_cluster_rest_encryption_enabled(self):
        return self.cache["AtRestEncryptionEnabled"] and self.cache["KmsKeyId"]

    def elasticache_redis_cluster_multi_az_enabled(self):
        return self.cache["MultiAZ"] == "enabled"

    def elasticache_redis_cluster_automatic_failover_enabled(self):
        return self.cache["AutomaticFailover"] == "enabled"

    def elasticache_redis_cluster_backup_enabled(self):
        return self.cache["SnapshotRetentionLimit"] > 0

    def elasticache_redis_cluster_auto_minor_version_upgrades(self):
        return self.cache["AutoMinorVersionUpgrade"]

    def elasticache_redis_replication_group_auth_enabled(self):
        return self.cache["AuthTokenEnabled"]

    def elasticache_cluster_uses_public_subnet(self):
        cache = self.account.client("elasticache")
        of_ours = {"CacheSubnetGroupName": self.cache["ReplicationGroupId"]}
        (group,) = cache.describe_cache_subnet_groups(**of_ours)["CacheSubnetGroups"]
        return {one["SubnetIdentifier"] for one in group["Subnets"]} <= self.private
