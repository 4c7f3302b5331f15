"""Roles, policies, the instance profile, the identity provider of pipelines."""

from __future__ import annotations

from drifts.found import OWNER, PREFIX, Client, Properties

EVERYTHING = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
)
ANYBODY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},'
    ' "Action": "sts:AssumeRole"}]}'
)
ADDED = ("iam_inline_policy", f"{PREFIX}-instance/mine")
"""Type and name of what is there besides what is declared."""


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    iam, ci, instance = client("iam"), f"{PREFIX}-ci", f"{PREFIX}-instance"
    attached = iam.list_attached_role_policies(RoleName=ci)["AttachedPolicies"]
    iam.detach_role_policy(RoleName=ci, PolicyArn=attached[0]["PolicyArn"])
    iam.update_role(RoleName=ci, MaxSessionDuration=7200)
    iam.tag_role(RoleName=ci, Tags=[OWNER])
    iam.update_assume_role_policy(RoleName=instance, PolicyDocument=ANYBODY)
    iam.put_role_policy(RoleName=instance, PolicyName="mine", PolicyDocument=EVERYTHING)
    iam.remove_role_from_instance_profile(InstanceProfileName=instance, RoleName=instance)
    policies = {one["PolicyName"]: one for one in iam.list_policies(Scope="Local")["Policies"]}
    iam.create_policy_version(
        PolicyArn=policies[instance]["Arn"], PolicyDocument=EVERYTHING, SetAsDefault=True
    )
    iam.tag_policy(PolicyArn=policies[ci]["Arn"], Tags=[OWNER])
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    iam.add_client_id_to_open_id_connect_provider(
        OpenIDConnectProviderArn=provider["Arn"], ClientID="anybody"
    )
    host = provider["Arn"].partition("/")[2]
    return {
        ("iam_role", ci, "managed_policies"),
        ("iam_role", ci, "max_session_duration"),
        ("iam_role", ci, "tags.Owner"),
        ("iam_role", instance, "assume_role_policy_document"),
        ("iam_instance_profile", instance, "role"),
        ("iam_policy", instance, "policy"),
        ("iam_policy", ci, "tags.Owner"),
        ("iam_oidc_provider", f"https://{host}", "client_ids"),
    }
