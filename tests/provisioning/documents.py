"""Every policy document of an account, and what in it is granted on everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from resource_tags import is_ours

# Statements that name everything, and why no service takes less.
ALLOWED = {
    ("key", "AccountDecidesThroughIAM"): "in a key's policy * is the key; without kms:* for the "
    "account nobody could mend the policy any more",
    ("key", "AlarmsWriteToTheEncryptedTopic"): "in a key's policy * is the key",
    ("instance", "LogInToTheRegistry"): "ecr:GetAuthorizationToken knows no resource",
    ("ci", "LogInToTheRegistry"): "ecr:GetAuthorizationToken knows no resource",
    ("instance", "WriteItsMetrics"): "cloudwatch:PutMetricData knows only the namespace, "
    "which is a condition",
    ("instance", "ReachableThroughSessionManager"): "ssmmessages knows no resources",
    ("ci", "LookAtTheBalancer"): "elasticloadbalancing:Describe... knows no resources",
    ("ci", "FindTheHosts"): "ec2:Describe... knows no resources",
    ("ci", "MarkDeploysOnTheDashboard"): "as above, WriteItsMetrics",
}


def documents(account, env: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a policy is of, and its document: IAM, keys, buckets, repositories, secrets."""
    prefix = f"milky-way-admin-panel-{env}-"
    iam = account.client("iam")
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        version = {"PolicyArn": policy["Arn"], "VersionId": policy["DefaultVersionId"]}
        found = iam.get_policy_version(**version)["PolicyVersion"]["Document"]
        yield policy["PolicyName"].removeprefix(prefix), parsed(found)
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        yield f"trust of {name}", parsed(role["AssumeRolePolicyDocument"])
        for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            found = iam.get_role_policy(RoleName=name, PolicyName=inline)["PolicyDocument"]
            yield f"{inline} within {name}", parsed(found)
    kms = account.client("kms")
    for key in kms.list_keys()["Keys"]:
        # AWS's own keys have AWS's policies.
        if is_ours(kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]):
            found = kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]
            yield "key", parsed(found)
    s3 = account.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        yield "bucket", parsed(s3.get_bucket_policy(Bucket=bucket["Name"])["Policy"])
    ecr = account.client("ecr")
    for repository in ecr.describe_repositories()["repositories"]:
        name = repository["repositoryName"]
        yield "repository", parsed(ecr.get_repository_policy(repositoryName=name)["policyText"])
    secrets = account.client("secretsmanager")
    for secret in secrets.list_secrets()["SecretList"]:
        found = secrets.get_resource_policy(SecretId=secret["ARN"]).get("ResourcePolicy")
        if found:
            yield "secret", parsed(found)


def parsed(document: Any) -> dict[str, Any]:
    """A document that the API gives as text, or in a URL's spelling."""
    return json.loads(unquote(document)) if isinstance(document, str) else document


def everything(statement: dict[str, Any]) -> bool:
    """Whether a statement allows a pattern of actions, everything, or everybody."""
    if statement["Effect"] == "Deny":
        return False
    actions, resources = _several(statement["Action"]), _several(statement.get("Resource", []))
    return (
        "NotAction" in statement
        or any("*" in action for action in actions)
        or "*" in resources
        or statement.get("Principal") in ("*", {"AWS": "*"})
    )


def _several(one: Any) -> list[str]:
    return one if isinstance(one, list) else [one]
