#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an ElastiCache replication group (Redis, Valkey)."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: elasticache_replication_group
short_description: Manage an ElastiCache replication group
description:
  - Keeps a replication group (cluster mode disabled) as asked, with encryption, AUTH, replicas and tags.
  - Written because neither amazon.aws nor community.aws has a module for replication groups.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Id of the replication group, at most 40 characters.
    type: str
    required: true
  description:
    description: What it is for. The name where it is not given.
    type: str
  engine:
    description: The engine. Fixed at creation.
    type: str
    choices: [redis, valkey]
    default: redis
  engine_version:
    description: Version of the engine, major and minor, such as V(7.1).
    type: str
  node_type:
    description: Class of the nodes. Required with O(state=present).
    type: str
  replicas:
    description: Number of replicas besides the primary.
    type: int
    default: 0
  automatic_failover:
    description: Whether a replica takes over when the primary fails. Needs a replica.
    type: bool
    default: false
  multi_az:
    description: Whether the nodes are spread over zones. Needs O(automatic_failover).
    type: bool
    default: false
  parameter_group:
    description: Name of the parameter group.
    type: str
  subnet_group:
    description: Name of the subnet group. Fixed at creation.
    type: str
  security_group_ids:
    description: Ids of the security groups.
    type: list
    elements: str
    default: []
  port:
    description: Port of the nodes. Fixed at creation.
    type: int
    default: 6379
  auth_secret_id:
    description:
      - Secret in Secrets Manager that holds the AUTH token. It is read by the module when the group is created, so that
        the token never stands in a task.
    type: str
  auth_secret_key:
    description: Key of the token in the secret's JSON value.
    type: str
    default: token
  kms_key_id:
    description: ARN of the KMS key for encryption at rest. Fixed at creation.
    type: str
  maintenance_window:
    description: When AWS may maintain the nodes, such as V(sun:04:00-sun:05:00), in UTC.
    type: str
  snapshot_window:
    description: When snapshots are taken, such as V(02:00-03:00), in UTC.
    type: str
  snapshot_retention:
    description: Days for which automatic snapshots are kept. V(0) takes none.
    type: int
    default: 0
  auto_minor_version_upgrade:
    description: Whether minor versions are installed in the maintenance window.
    type: bool
    default: true
  final_snapshot:
    description: With O(state=absent), name of a last snapshot. None is taken where it is not given.
    type: str
  wait:
    description: Whether to wait until the group is available (or gone).
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 1800
notes:
  - Data is always encrypted at rest and in transit. Both are fixed at creation by AWS.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep a cache that survives the loss of a zone
  groundwork.aws.elasticache_replication_group:
    name: shop-prod-cache
    engine_version: "7.1"
    node_type: cache.t3.small
    replicas: 1
    automatic_failover: true
    multi_az: true
    auth_secret_id: shop/prod/cache
"""

RETURN = r"""
name:
  description: Id of the replication group.
  returned: when it exists
  type: str
arn:
  description: ARN of the replication group.
  returned: when it exists
  type: str
status:
  description: Its status, such as V(available).
  returned: when it exists
  type: str
endpoint:
  description: Address of the primary. Empty until the group is available.
  returned: when it exists
  type: str
reader_endpoint:
  description: Address of the readers. Empty until the group is available.
  returned: when it exists
  type: str
port:
  description: Port of the nodes.
  returned: when it exists
  type: int
"""

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
)
from ansible_collections.groundwork.aws.plugins.module_utils.elasticache import ElastiCacheResource
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

# our property -> parameter of ModifyReplicationGroup (and of CreateReplicationGroup)
CHANGEABLE = {
    "description": "ReplicationGroupDescription",
    "engine_version": "EngineVersion",
    "node_type": "CacheNodeType",
    "automatic_failover": "AutomaticFailoverEnabled",
    "multi_az": "MultiAZEnabled",
    "parameter_group": "CacheParameterGroupName",
    "security_group_ids": "SecurityGroupIds",
    "maintenance_window": "PreferredMaintenanceWindow",
    "snapshot_window": "SnapshotWindow",
    "snapshot_retention": "SnapshotRetentionLimit",
    "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
}


class ReplicationGroup(ElastiCacheResource):
    """A replication group with one node group."""

    immutable = ("engine", "subnet_group", "port", "kms_key_id")

    def describe(self) -> dict[str, Any] | None:
        group = self._group()
        if group is None or group["Status"] == "deleting":
            return None
        member = self._member(group)
        nodes = (group.get("NodeGroups") or [{}])[0]
        return {
            "name": group["ReplicationGroupId"],
            "arn": group["ARN"],
            "status": group["Status"],
            "endpoint": nodes.get("PrimaryEndpoint", {}).get("Address", ""),
            "reader_endpoint": nodes.get("ReaderEndpoint", {}).get("Address", ""),
            "description": group["Description"],
            "engine": group.get("Engine", member.get("Engine")),
            "engine_version": self._version(member.get("EngineVersion")),
            "node_type": group.get("CacheNodeType"),
            "replicas": len(group.get("MemberClusters", [])) - 1,
            "automatic_failover": group.get("AutomaticFailover") in ("enabled", "enabling"),
            "multi_az": group.get("MultiAZ") == "enabled",
            "parameter_group": member.get("CacheParameterGroup", {}).get("CacheParameterGroupName"),
            "subnet_group": member.get("CacheSubnetGroupName"),
            "security_group_ids": sorted(
                item["SecurityGroupId"] for item in member.get("SecurityGroups", [])
            ),
            "port": nodes.get("PrimaryEndpoint", {}).get("Port", self.params["port"]),
            "kms_key_id": group.get("KmsKeyId"),
            "maintenance_window": member.get("PreferredMaintenanceWindow"),
            "snapshot_window": group.get("SnapshotWindow"),
            "snapshot_retention": group.get("SnapshotRetentionLimit", 0),
            "auto_minor_version_upgrade": group.get(
                "AutoMinorVersionUpgrade", member.get("AutoMinorVersionUpgrade")
            ),
            "tags": self.tags_of(group["ARN"]),
        }

    def _group(self) -> dict[str, Any] | None:
        try:
            found = self.client.describe_replication_groups(
                ReplicationGroupId=self.params["name"], aws_retry=True
            )
        except ClientError as error:
            if error_code(error) == "ReplicationGroupNotFoundFault":
                return None
            raise
        return found["ReplicationGroups"][0] if found["ReplicationGroups"] else None

    def _member(self, group: dict[str, Any]) -> dict[str, Any]:
        """Some properties stand only on the member clusters."""
        for cluster in group.get("MemberClusters", [])[:1]:
            try:
                return self.client.describe_cache_clusters(CacheClusterId=cluster, aws_retry=True)[
                    "CacheClusters"
                ][0]
            except ClientError as error:
                if error_code(error) not in ("CacheClusterNotFound", "CacheClusterNotFoundFault"):
                    raise
        return {}

    def _version(self, version: str | None) -> str | None:
        """AWS answers with the patch level too (7.1.0); compare only what was asked for."""
        wanted = self.params["engine_version"]
        if version and wanted and (version == wanted or version.startswith(f"{wanted}.")):
            return wanted
        return version

    def desired(self) -> dict[str, Any]:
        properties = {
            key: self.params[key]
            for key in (*CHANGEABLE, "engine", "replicas", "subnet_group", "port", "kms_key_id")
            if self.params[key] is not None
        }
        properties["description"] = self.params["description"] or self.params["name"]
        properties["security_group_ids"] = sorted(self.params["security_group_ids"])
        return properties

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        arguments = {
            theirs: properties[ours] for ours, theirs in CHANGEABLE.items() if ours in properties
        }
        if "subnet_group" in properties:
            arguments["CacheSubnetGroupName"] = properties["subnet_group"]
        if "kms_key_id" in properties:
            arguments["KmsKeyId"] = properties["kms_key_id"]
        if self.params["auth_secret_id"]:
            arguments["AuthToken"] = self._token()
        self.client.create_replication_group(
            ReplicationGroupId=self.params["name"],
            Engine=properties["engine"],
            NumCacheClusters=properties["replicas"] + 1,
            Port=properties["port"],
            AtRestEncryptionEnabled=True,
            TransitEncryptionEnabled=True,
            Tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
            **arguments,
        )

    def _token(self) -> str:
        secret, key = self.params["auth_secret_id"], self.params["auth_secret_key"]
        value = self.module.client("secretsmanager").get_secret_value(SecretId=secret)[
            "SecretString"
        ]
        try:
            token = json.loads(value)[key]
        except (ValueError, KeyError, TypeError):
            self.module.fail_json(
                msg=f"The secret {secret} has no JSON key «{key}» that could be the AUTH token. "
                f'Put a value such as {{"{key}": "..."}} (16 to 128 printable characters) into it.'
            )
        self.module.no_log_values.add(token)
        return token

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        arguments = {CHANGEABLE[key]: value for key, value in changes.items() if key in CHANGEABLE}
        grow = changes.get("replicas", current["replicas"]) - current["replicas"]
        # Failover needs a replica: replicas are added before it is switched on, and removed after it is switched off.
        if grow > 0:
            self._set_replicas(changes["replicas"], increase=True)
        if arguments:
            self.client.modify_replication_group(
                ReplicationGroupId=self.params["name"],
                ApplyImmediately=True,
                aws_retry=True,
                **arguments,
            )
            if grow < 0:
                self._wait_available()
        if grow < 0:
            self._set_replicas(changes["replicas"], increase=False)

    def _set_replicas(self, count: int, increase: bool) -> None:
        call = (
            self.client.increase_replica_count if increase else self.client.decrease_replica_count
        )
        call(
            ReplicationGroupId=self.params["name"],
            NewReplicaCount=count,
            ApplyImmediately=True,
            aws_retry=True,
        )
        self._wait_available()

    def delete(self, current: dict[str, Any]) -> None:
        arguments = {"ReplicationGroupId": self.params["name"], "RetainPrimaryCluster": False}
        if self.params["final_snapshot"]:
            arguments["FinalSnapshotIdentifier"] = self.params["final_snapshot"]
        self.client.delete_replication_group(aws_retry=True, **arguments)

    def _absent(self, current: dict[str, Any] | None) -> None:
        # A run that was killed has left it deleting: what it stands on can only go after it.
        if current is None and not self.module.check_mode and self._group() is not None:
            self.wait(present=False)
        super()._absent(current)

    def wait(self, present: bool) -> None:
        if present:
            self._wait_available()
        else:
            self.wait_until(
                lambda: self._group() is None,
                f"Deletion of the replication group {self.params['name']}",
            )

    def _wait_available(self) -> None:
        def available() -> bool:
            group = self._group()
            return bool(group) and group["Status"] == "available"

        self.wait_until(
            available, f"The replication group {self.params['name']} becoming available"
        )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        keys = ("name", "arn", "status", "endpoint", "reader_endpoint", "port")
        return {key: current[key] for key in keys} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "description": {"type": "str"},
            "engine": {"type": "str", "choices": ["redis", "valkey"], "default": "redis"},
            "engine_version": {"type": "str"},
            "node_type": {"type": "str"},
            "replicas": {"type": "int", "default": 0},
            "automatic_failover": {"type": "bool", "default": False},
            "multi_az": {"type": "bool", "default": False},
            "parameter_group": {"type": "str"},
            "subnet_group": {"type": "str"},
            "security_group_ids": {"type": "list", "elements": "str", "default": []},
            "port": {"type": "int", "default": 6379},
            "auth_secret_id": {"type": "str", "no_log": False},
            "auth_secret_key": {"type": "str", "default": "token", "no_log": False},
            "kms_key_id": {"type": "str", "no_log": False},
            "maintenance_window": {"type": "str"},
            "snapshot_window": {"type": "str"},
            "snapshot_retention": {"type": "int", "default": 0},
            "auto_minor_version_upgrade": {"type": "bool", "default": True},
            "final_snapshot": {"type": "str"},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 1800},
        },
        required_if=[("state", "present", ("node_type",))],
        supports_check_mode=True,
    )
    ReplicationGroup(module).run()


if __name__ == "__main__":
    main()
