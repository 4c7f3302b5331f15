"""Where what is changed by hand is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PREFIX = "milky-way-admin-panel-qa"
OWNER = {"Key": "Owner", "Value": "somebody"}
Client = Callable[[str], Any]
Properties = set[tuple[str, str, str]]


def by_name(client: Client, call: str, key: str, name: str) -> dict[str, Any]:
    """The resource of EC2 with this Name."""
    wanted = [{"Name": "tag:Name", "Values": [name]}]
    found = getattr(client("ec2"), call)(Filters=wanted)[key]
    # A NAT gateway that was deleted is listed for a while, with its tags.
    return next(item for item in found if item.get("State") != "deleted")


def subnet(client: Client, name: str) -> str:
    """The id of a subnet."""
    return by_name(client, "describe_subnets", "Subnets", f"{PREFIX}-{name}")["SubnetId"]


def security_group(client: Client, name: str) -> dict[str, Any]:
    """A security group."""
    wanted = [{"Name": "group-name", "Values": [f"{PREFIX}-{name}"]}]
    return client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"][0]


def key(client: Client) -> str:
    """The id of the environment's KMS key."""
    return client("kms").describe_key(KeyId=f"alias/{PREFIX}")["KeyMetadata"]["KeyId"]


def balancer(client: Client) -> str:
    """The ARN of the load balancer."""
    found = client("elbv2").describe_load_balancers(Names=[PREFIX])["LoadBalancers"]
    return found[0]["LoadBalancerArn"]


def listener(client: Client, port: int) -> str:
    """The ARN of its listener on a port."""
    found = client("elbv2").describe_listeners(LoadBalancerArn=balancer(client))["Listeners"]
    return next(item["ListenerArn"] for item in found if item["Port"] == port)


def target_group(client: Client, service: str) -> str:
    """The ARN of a service's target group."""
    found = client("elbv2").describe_target_groups(Names=[f"{PREFIX}-{service}"])
    return found["TargetGroups"][0]["TargetGroupArn"]
