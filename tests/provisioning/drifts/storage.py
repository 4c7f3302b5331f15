"""Buckets, logs, the key, secrets, the registry, the table of locks."""

from __future__ import annotations

from drifts.found import OWNER, PREFIX, Client, Properties, key

LOGS, STATE = f"{PREFIX}-access-logs-123456789012", f"{PREFIX}-state-123456789012"
SECRET = "milky-way-admin-panel/qa/jwt"
EVERYBODY = (
    '{"Version": "2012-10-17", "Statement": [{"Sid": "x", "Effect": "Allow",'
    ' "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}'
)


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    table = client("dynamodb").describe_table(TableName=f"{PREFIX}-lock")["Table"]
    client("dynamodb").tag_resource(ResourceArn=table["TableArn"], Tags=[OWNER])
    secrets = client("secretsmanager")
    secrets.tag_resource(SecretId=SECRET, Tags=[OWNER])
    secrets.put_resource_policy(
        SecretId=SECRET, ResourcePolicy=EVERYBODY.replace("kms", "secretsmanager")
    )
    return {
        ("dynamodb_table", f"{PREFIX}-lock", "tags.Owner"),
        ("secret", SECRET, "tags.Owner"),
        ("secret", SECRET, "resource_policy"),
        *drift_buckets(client),
        *drift_logs(client),
        *drift_key(client),
        *drift_registry(client),
    }


def drift_buckets(client: Client) -> Properties:
    """Everything a bucket has."""
    s3 = client("s3")
    s3.delete_bucket_policy(Bucket=LOGS)
    s3.delete_bucket_encryption(Bucket=LOGS)
    s3.delete_bucket_lifecycle(Bucket=STATE)
    s3.delete_public_access_block(Bucket=STATE)
    s3.put_bucket_versioning(Bucket=STATE, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_ownership_controls(
        Bucket=STATE, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    tags = s3.get_bucket_tagging(Bucket=LOGS)["TagSet"]
    kept = [tag for tag in tags if tag["Key"] != "Owner"]
    s3.put_bucket_tagging(Bucket=LOGS, Tagging={"TagSet": [*kept, OWNER]})
    return {
        ("s3_bucket", LOGS, "policy"),
        ("s3_bucket", LOGS, "encryption"),
        ("s3_bucket", LOGS, "tags.Owner"),
        ("s3_bucket", STATE, "lifecycle_rules"),
        ("s3_bucket", STATE, "public_access_block"),
        ("s3_bucket", STATE, "versioning"),
        ("s3_bucket", STATE, "ownership"),
    }


def drift_logs(client: Client) -> Properties:
    """For how long, and whose."""
    logs, group = client("logs"), "/milky-way-admin-panel/qa"
    logs.put_retention_policy(logGroupName=f"{group}/api", retentionInDays=7)
    logs.delete_retention_policy(logGroupName=f"{group}/web")
    logs.delete_metric_filter(logGroupName=f"{group}/api", filterName="error-lines")
    logs.tag_log_group(logGroupName=f"{group}/host", tags={"Owner": "somebody"})
    return {
        ("log_group", f"{group}/api", "retention"),
        ("log_group", f"{group}/api", "metric_filters"),
        ("log_group", f"{group}/web", "retention"),
        ("log_group", f"{group}/host", "tags.Owner"),
    }


def drift_key(client: Client) -> Properties:
    """Who may use it, what it is for, its rotation; and it is disabled."""
    kms, identifier = client("kms"), key(client)
    kms.disable_key_rotation(KeyId=identifier)
    kms.put_key_policy(KeyId=identifier, PolicyName="default", Policy=EVERYBODY)
    kms.update_key_description(KeyId=identifier, Description="mine")
    kms.tag_resource(KeyId=identifier, Tags=[{"TagKey": "Owner", "TagValue": "somebody"}])
    kms.disable_key(KeyId=identifier)
    changed = ("enable_key_rotation", "policy", "description", "tags.Owner", "enabled")
    return {("kms_key", PREFIX, one) for one in changed}


def drift_registry(client: Client) -> Properties:
    """Scans, who gets images, how long they are kept."""
    ecr, api, web = client("ecr"), f"{PREFIX}-api", f"{PREFIX}-web"
    ecr.put_image_scanning_configuration(
        repositoryName=api, imageScanningConfiguration={"scanOnPush": False}
    )
    ecr.delete_lifecycle_policy(repositoryName=api)
    ecr.delete_repository_policy(repositoryName=web)
    ecr.put_image_tag_mutability(repositoryName=web, imageTagMutability="MUTABLE")
    found = ecr.describe_repositories(repositoryNames=[web])["repositories"][0]
    ecr.untag_resource(resourceArn=found["repositoryArn"], tagKeys=["Component"])
    return {
        ("ecr_repository", api, "scan_on_push"),
        ("ecr_repository", api, "lifecycle_policy"),
        ("ecr_repository", web, "policy"),
        ("ecr_repository", web, "image_tag_mutability"),
        ("ecr_repository", web, "tags.Component"),
    }
