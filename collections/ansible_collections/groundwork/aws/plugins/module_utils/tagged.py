# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Finding resources by their tags: the tagging API, and what it leaves out.

AWS's tagging API answers for most services of a region, for the global ones in us-east-1. It leaves
out roles and budgets, and goes on naming instances, NAT gateways, keys and secrets that are gone or going.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.arns import split_arn

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

#: makes a client of a service, in the module's region or the one given
Clients = Callable[..., Any]
GLOBAL = {"iam", "route53", "cloudfront", "globalaccelerator"}
HOME = "us-east-1"
GONE = "gone"
# How a restore and a drill name an instance, after the one that they restore.
RESTORED = re.compile(r"^(?P<of>.+?)-(?:\d{14}|drill)$")
# Backups of AWS Backup, which belong to a vault: a point, or the snapshot of RDS that stands for one.
POINT = re.compile(r":recovery-point:|:snapshot:awsbackup:")


def fits(tags: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether `tags` hold every tag in `wanted`."""
    return wanted.items() <= tags.items()


def _plain(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return boto3_tag_list_to_ansible_dict(tags or [])


def _tagging_api(
    client: Any, wanted: dict[str, str], types: list[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    filters = [{"Key": key, "Values": [value]} for key, value in wanted.items()]
    pages = client.get_paginator("get_resources")
    for page in pages.paginate(TagFilters=filters, ResourceTypeFilters=types):
        for item in page["ResourceTagMappingList"]:
            yield item["ResourceARN"], _plain(item["Tags"])


def _identities(iam: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Roles with their instance profiles, customer managed policies, identity providers."""
    details = iam.get_paginator("get_account_authorization_details")
    for page in details.paginate(Filter=["Role"]):
        for role in page["RoleDetailList"]:
            yield role["Arn"], _plain(role.get("Tags"))
    for page in iam.get_paginator("list_instance_profiles").paginate():
        for profile in page["InstanceProfiles"]:
            name = profile["InstanceProfileName"]
            about = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
            yield profile["Arn"], _plain(about.get("Tags"))
    for page in iam.get_paginator("list_policies").paginate(Scope="Local"):
        for policy in page["Policies"]:
            yield policy["Arn"], _plain(iam.list_policy_tags(PolicyArn=policy["Arn"])["Tags"])
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        arn = provider["Arn"]
        answer = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)
        yield arn, _plain(answer["Tags"])


def _budgets(clients: Clients) -> Iterator[tuple[str, dict[str, str]]]:
    """Budgets, which the tagging API does not list."""
    account = clients("sts").get_caller_identity()["Account"]
    api = clients("budgets")
    for page in api.get_paginator("describe_budgets").paginate(AccountId=account):
        for budget in page.get("Budgets") or []:
            arn = f"arn:aws:budgets::{account}:budget/{budget['BudgetName']}"
            yield arn, _plain(api.list_tags_for_resource(ResourceARN=arn).get("ResourceTags"))


def tagged(
    clients: Clients,
    region: str,
    wanted: dict[str, str],
    types: list[str] | None = None,
    more: list[str] | None = None,
) -> dict[str, tuple[dict[str, str], str]]:
    """Tags and state (V(present), or what it waits for) of all that carries `wanted`, by ARN.

    With `types` (as `split_arn` names them) only of these. `more` are further regions, of which only the tagging API is asked.
    """
    services = {kind.partition(":")[0] for kind in types or []}
    found = dict(_tagging_api(clients("resourcegroupstaggingapi"), wanted, types or []))
    if region != HOME and (not types or services & GLOBAL):
        home = _tagging_api(clients("resourcegroupstaggingapi", region=HOME), wanted, types or [])
        found.update({arn: tags for arn, tags in home if split_arn(arn)[0].split(":")[0] in GLOBAL})
    if not types or "iam" in services:
        found.update({arn: tags for arn, tags in _identities(clients("iam")) if fits(tags, wanted)})
    if not types or "budgets" in services:
        found.update({arn: tags for arn, tags in _budgets(clients) if fits(tags, wanted)})
    for other in more or []:
        there = _tagging_api(clients("resourcegroupstaggingapi", region=other), wanted, types or [])
        found.update({arn: tags for arn, tags in there if split_arn(arn)[1] == other})
    found = {
        arn: tags
        for arn, tags in found.items()
        if (not types or split_arn(arn)[0] in types) and not POINT.search(arn)
    }
    states = _states(clients, [arn for arn in found if split_arn(arn)[1] not in (more or [])])
    return {
        arn: (tags, states.get(arn, "present"))
        for arn, tags in found.items()
        if states.get(arn) != GONE
    }


def restored(clients: Clients, wanted: dict[str, str]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Instances of RDS that a restore may have left without tags: ARN, tags, what their name says they were restored from.

    A restore to a time gives the tags in a second call, so one that was killed in between has none of them. What has others
    of them is somebody else's.
    """
    for page in clients("rds").get_paginator("describe_db_instances").paginate():
        for instance in page["DBInstances"]:
            named = RESTORED.match(instance["DBInstanceIdentifier"])
            tags = _plain(instance.get("TagList"))
            if named and not tags.keys() & wanted.keys():
                yield instance["DBInstanceArn"], tags, named["of"]


def _states(clients: Clients, arns: list[str]) -> dict[str, str]:
    """State of those whose tags outlive them."""
    by_type: dict[str, dict[str, str]] = {}
    for arn in arns:
        kind, _, name = split_arn(arn)
        by_type.setdefault(kind, {})[name] = arn
    states: dict[str, str] = {}
    for kind, ask in STATES.items():
        of_kind = by_type.get(kind, {})
        if of_kind:
            answered = ask(clients, of_kind)
            states |= {of_kind[name]: state for name, state in answered.items()}
    return states


def _instances(clients: Clients, named: dict[str, str]) -> dict[str, str]:
    filters = [{"Name": "instance-id", "Values": list(named)}]
    pages = clients("ec2").get_paginator("describe_instances").paginate(Filters=filters)
    there = {
        instance["InstanceId"]
        for page in pages
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
        if instance["State"]["Name"] not in ("terminated", "shutting-down")
    }
    return {name: GONE for name in named if name not in there}


def _nat_gateways(clients: Clients, named: dict[str, str]) -> dict[str, str]:
    filters = [{"Name": "nat-gateway-id", "Values": list(named)}]
    pages = clients("ec2").get_paginator("describe_nat_gateways").paginate(Filters=filters)
    there = {
        gateway["NatGatewayId"]
        for page in pages
        for gateway in page["NatGateways"]
        if gateway["State"] != "deleted"
    }
    return {name: GONE for name in named if name not in there}


def _keys(clients: Clients, named: dict[str, str]) -> dict[str, str]:
    def state(name: str) -> str:
        about = clients("kms").describe_key(KeyId=name)["KeyMetadata"]
        if about["KeyState"] == "PendingDeletion":
            return f"pending deletion until {about['DeletionDate']:%Y-%m-%d}"
        return "present"

    return {name: _or_gone(state, name, "NotFoundException") for name in named}


def _secrets(clients: Clients, named: dict[str, str]) -> dict[str, str]:
    def state(name: str) -> str:
        about = clients("secretsmanager").describe_secret(SecretId=named[name])
        if about.get("DeletedDate"):
            return f"pending deletion until {about['DeletedDate']:%Y-%m-%d}"
        return "present"

    return {name: _or_gone(state, name, "ResourceNotFoundException") for name in named}


def _snapshots(clients: Clients, named: dict[str, str]) -> dict[str, str]:
    pages = clients("rds").get_paginator("describe_db_snapshots").paginate()
    kinds = {
        snapshot["DBSnapshotIdentifier"]: snapshot["SnapshotType"]
        for page in pages
        for snapshot in page["DBSnapshots"]
    }
    # An automated snapshot goes with its instance: it is no resource of its own.
    return {name: GONE for name in named if kinds.get(name, "gone") != "manual"}


def _or_gone(state: Callable[[str], str], name: str, missing: str) -> str:
    try:
        return state(name)
    except ClientError as error:
        if error.response["Error"]["Code"] == missing:
            return GONE
        raise


STATES: dict[str, Callable[[Clients, dict[str, str]], dict[str, str]]] = {
    "ec2:instance": _instances,
    "ec2:natgateway": _nat_gateways,
    "kms:key": _keys,
    "secretsmanager:secret": _secrets,
    "rds:snapshot": _snapshots,
}
