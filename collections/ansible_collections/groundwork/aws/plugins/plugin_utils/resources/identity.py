"""Role, instance profile and policies of IAM."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    document,
    plain_tags,
)


class Role(Kind):
    """A role with the policies attached to it."""

    service = "iam"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        iam = clients["iam"]
        role = iam.get_role(RoleName=args["name"])["Role"]
        properties = {
            "assume_role_policy_document": document(role["AssumeRolePolicyDocument"]),
            "description": role.get("Description", ""),
            "max_session_duration": role.get("MaxSessionDuration", 3600),
            "path": role["Path"],
            "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        }
        if args.get("managed_policies") is not None:
            answer = iam.list_attached_role_policies(RoleName=args["name"])
            properties["managed_policies"] = [
                policy["PolicyArn"] for policy in answer["AttachedPolicies"]
            ]
        return Found(role["RoleName"], properties, plain_tags(role.get("Tags")))

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        for name in ("create_instance_profile", "delete_instance_profile"):
            asked.pop(name, None)
        return with_documents(asked, "assume_role_policy_document")


class InstanceProfile(Kind):
    """An instance profile and its role."""

    service = "iam"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        answer = clients["iam"].get_instance_profile(InstanceProfileName=args["name"])
        profile = answer["InstanceProfile"]
        roles = [role["RoleName"] for role in profile["Roles"]]
        properties = {"role": roles[0] if roles else "", "path": profile["Path"]}
        return Found(profile["InstanceProfileName"], properties, plain_tags(profile.get("Tags")))


class Policy(Kind):
    """A policy of the account's own, in its version in force."""

    service = "iam"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        iam = clients["iam"]
        pages = iam.get_paginator("list_policies").paginate(Scope="Local")
        found = (p for page in pages for p in page["Policies"] if p["PolicyName"] == args["name"])
        policy = next(found, None)
        if policy is None:
            return None
        version = iam.get_policy_version(
            PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
        )
        tags = iam.list_policy_tags(PolicyArn=policy["Arn"])["Tags"]
        properties = {"policy": document(version["PolicyVersion"]["Document"])}
        return Found(policy["PolicyName"], properties, plain_tags(tags))

    def asked(self, args: Arguments) -> dict[str, Any]:
        return with_documents(super().asked(args), "policy")


class InlinePolicy(Kind):
    """A policy within a role."""

    service = "iam"

    def name(self, args: Arguments) -> str | None:
        return f"{args['iam_name']}/{args['policy_name']}"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        answer = clients["iam"].get_role_policy(
            RoleName=args["iam_name"], PolicyName=args["policy_name"]
        )
        return Found(str(self.name(args)), {"policy": document(answer["PolicyDocument"])})


def with_documents(asked: dict[str, Any], *names: str) -> dict[str, Any]:
    """The properties with policies as data, whether they were given as text or as data."""
    return {key: document(value) if key in names else value for key, value in asked.items()}


KINDS: dict[str, Kind] = {
    "amazon.aws.iam_instance_profile": InstanceProfile("iam_instance_profile"),
    "amazon.aws.iam_managed_policy": Policy("iam_policy"),
    "amazon.aws.iam_policy": InlinePolicy("iam_inline_policy"),
    "amazon.aws.iam_role": Role("iam_role"),
}
