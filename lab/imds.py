"""The tree of instance metadata: what stands behind each path, without HTTP."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from lab.emulator.records import Instance

# A leaf is text, or what makes the text when it is asked for; a folder is a dict.
Leaf = str | Callable[[], str]
Node = dict[str, Any] | Leaf


def find(tree: Node, path: str) -> str | None:
    """Answer a path: a leaf's text, a folder's listing (`name`, `folder/`), None for neither."""
    node = tree
    for name in [part for part in path.split("/") if part]:
        if not isinstance(node, dict) or name not in node:
            return None
        node = node[name]
    if isinstance(node, dict):
        return "\n".join(name + "/" * isinstance(node[name], dict) for name in sorted(node))
    return node if isinstance(node, str) else node()


def tree(
    instance: Instance,
    role: tuple[str, str, str] | None,
    blocks: tuple[str, str],
    credentials: Callable[[str], dict[str, Any]],
) -> dict[str, Node]:
    """Make all of an instance's metadata below `/latest`.

    `role` is profile id, role name, role ARN; `blocks` the address blocks of subnet and VPC;
    `credentials` gives STS credentials (as boto3 does) for a role's ARN.
    """
    found: dict[str, Node] = {
        "dynamic": {"instance-identity": {"document": lambda: _document(instance)}},
        "meta-data": _meta_data(instance, role, blocks, credentials),
    }
    if instance.user_data:
        found["user-data"] = lambda: instance.user_data.decode(errors="replace")
    return found


def _meta_data(
    instance: Instance,
    role: tuple[str, str, str] | None,
    blocks: tuple[str, str],
    credentials: Callable[[str], dict[str, Any]],
) -> dict[str, Node]:
    private = str(instance.private_address)
    found: dict[str, Node] = {
        "ami-id": instance.image_id,
        "ami-launch-index": str(instance.launch_index),
        "hostname": instance.private_name,
        "instance-action": "none",
        "instance-id": instance.id,
        "instance-life-cycle": "on-demand",
        "instance-type": instance.instance_type,
        "local-hostname": instance.private_name,
        "local-ipv4": private,
        "mac": instance.mac,
        "network": {"interfaces": {"macs": {instance.mac: _interface(instance, blocks)}}},
        "placement": {
            "availability-zone": instance.zone,
            "region": instance.region,
        },
        "profile": "default-hvm",
        "reservation-id": instance.reservation,
        "security-groups": "\n".join(instance.security_groups),
        "services": {"domain": "amazonaws.com", "partition": "aws"},
    }
    if instance.public_address:
        found["public-hostname"] = instance.public_name
        found["public-ipv4"] = str(instance.public_address)
    if instance.public_key:
        found["public-keys"] = {"0": {"openssh-key": instance.public_key}}
    if instance.metadata.tags:
        found["tags"] = {"instance": dict(instance.tags)}
    if role:
        identity, name, arn = role
        found["iam"] = {
            "info": lambda: _profile(instance, identity),
            "security-credentials": {name: lambda: _credentials(credentials(arn))},
        }
    return found


def _interface(instance: Instance, blocks: tuple[str, str]) -> dict[str, Node]:
    found: dict[str, Node] = {
        "device-number": "0",
        "interface-id": instance.interface_id,
        "local-hostname": instance.private_name,
        "local-ipv4s": str(instance.private_address),
        "mac": instance.mac,
        "owner-id": instance.account,
        "security-group-ids": "\n".join(instance.security_group_ids),
        "security-groups": "\n".join(instance.security_groups),
        "subnet-id": instance.subnet_id,
        "subnet-ipv4-cidr-block": blocks[0],
        "vpc-id": instance.vpc_id,
        "vpc-ipv4-cidr-block": blocks[1],
        "vpc-ipv4-cidr-blocks": blocks[1],
    }
    if instance.public_address:
        found["public-hostname"] = instance.public_name
        found["public-ipv4s"] = str(instance.public_address)
    return found


def _document(instance: Instance) -> str:
    return json.dumps(
        {
            "accountId": instance.account,
            "architecture": "x86_64",
            "availabilityZone": instance.zone,
            "imageId": instance.image_id,
            "instanceId": instance.id,
            "instanceType": instance.instance_type,
            "pendingTime": _time(instance.launched),
            "privateIp": str(instance.private_address),
            "region": instance.region,
            "version": "2017-09-30",
        },
        indent=2,
    )


def _profile(instance: Instance, identity: str) -> str:
    return json.dumps(
        {
            "Code": "Success",
            "LastUpdated": _time(datetime.now(UTC)),
            "InstanceProfileArn": instance.profile_arn,
            "InstanceProfileId": identity,
        },
        indent=2,
    )


def _credentials(given: dict[str, Any]) -> str:
    return json.dumps(
        {
            "Code": "Success",  # Go's SDK rejects credentials without it
            "LastUpdated": _time(datetime.now(UTC)),
            "Type": "AWS-HMAC",
            "AccessKeyId": given["AccessKeyId"],
            "SecretAccessKey": given["SecretAccessKey"],
            "Token": given["SessionToken"],
            "Expiration": _time(given["Expiration"]),
        },
        indent=2,
    )


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
