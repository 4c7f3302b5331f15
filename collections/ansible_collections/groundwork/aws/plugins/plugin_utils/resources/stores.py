"""What holds keys, secrets, tables and logs: KMS, Secrets Manager, DynamoDB, CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    document,
    plain_tags,
)


class Key(Kind):
    """A key of KMS, by its alias."""

    service = "kms"

    def name(self, args: Arguments) -> str | None:
        value = args.get("alias") or args.get("key_id")
        return str(value).removeprefix("alias/") if value else None

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        kms = clients["kms"]
        wanted = f"alias/{self.name(args)}" if args.get("alias") else args["key_id"]
        key = kms.describe_key(KeyId=wanted)["KeyMetadata"]
        if key["KeyState"] == "PendingDeletion":
            return None
        identifier = {"KeyId": key["KeyId"]}
        properties = {"description": key["Description"], "enabled": key["Enabled"]}
        if "enable_key_rotation" in args:
            answer = kms.get_key_rotation_status(**identifier)
            properties["enable_key_rotation"] = answer["KeyRotationEnabled"]
        if "policy" in args:
            answer = kms.get_key_policy(**identifier, PolicyName="default")
            properties["policy"] = document(answer["Policy"])
        tags = plain_tags(kms.list_resource_tags(**identifier)["Tags"], "TagKey")
        return Found(str(self.name(args)), properties, tags)

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        asked.pop("pending_window", None)
        if "policy" in asked:
            asked["policy"] = document(asked["policy"])
        return asked


class Secret(Kind):
    """A secret, never its value: that a value is written is said, not which."""

    service = "secretsmanager"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        client = clients["secretsmanager"]
        secret = client.describe_secret(SecretId=args["name"])
        if secret.get("DeletedDate"):
            return None
        policy = client.get_resource_policy(SecretId=args["name"]).get("ResourcePolicy")
        properties = {
            "description": secret.get("Description", ""),
            "kms_key_id": secret.get("KmsKeyId", ""),
            "resource_policy": document(policy) if policy else "",
        }
        return Found(secret["Name"], properties, plain_tags(secret.get("Tags")))

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        asked.pop("recovery_window", None)
        # The module takes away one that it was not given.
        policy = asked.get("resource_policy")
        asked["resource_policy"] = document(policy) if policy else ""
        return asked


class Table(Kind):
    """A table of DynamoDB."""

    service = "dynamodb"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        dynamodb = clients["dynamodb"]
        table = dynamodb.describe_table(TableName=args["name"])["Table"]
        keys = {item["KeyType"]: item["AttributeName"] for item in table["KeySchema"]}
        mode = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
        properties = {
            "billing_mode": mode,
            "hash_key_name": keys.get("HASH"),
            "range_key_name": keys.get("RANGE", ""),
            "table_class": table.get("TableClassSummary", {}).get("TableClass", "STANDARD"),
        }
        throughput = table.get("ProvisionedThroughput", {})
        properties["read_capacity"] = throughput.get("ReadCapacityUnits", 0)
        properties["write_capacity"] = throughput.get("WriteCapacityUnits", 0)
        tags = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
        return Found(table["TableName"], properties, plain_tags(tags))


class LogGroup(Kind):
    """A log group."""

    service = "logs"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        logs, name = clients["logs"], args["log_group_name"]
        answer = logs.describe_log_groups(logGroupNamePrefix=name)
        group = next((g for g in answer["logGroups"] if g["logGroupName"] == name), None)
        if group is None:
            return None
        properties = {
            "retention": group.get("retentionInDays"),
            "kms_key_id": group.get("kmsKeyId", ""),
        }
        arn = group["arn"].removesuffix(":*")
        return Found(name, properties, logs.list_tags_for_resource(resourceArn=arn)["tags"])


KINDS: dict[str, Kind] = {
    "amazon.aws.cloudwatchlogs_log_group": LogGroup("log_group", "log_group_name"),
    "amazon.aws.kms_key": Key("kms_key", "alias"),
    "community.aws.dynamodb_table": Table("dynamodb_table"),
    "community.aws.secretsmanager_secret": Secret("secret"),
}
