"""What is in the way of a VPC that is to be deleted."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.module_utils.vpc import dependents

TAGS = {"Project": "shop", "Environment": "qa"}


def tagged(kind: str) -> list[dict]:
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    return [{"ResourceType": kind, "Tags": tags}]


def network(ec2) -> tuple[str, str]:
    """A VPC with a subnet and a NAT gateway, all tagged."""
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock="10.20.1.0/24", TagSpecifications=tagged("subnet")
    )["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(
        SubnetId=subnet, AllocationId=address, TagSpecifications=tagged("natgateway")
    )
    return vpc, subnet


def test_the_interface_of_our_gateway_is_not_in_the_way(aws):
    ec2 = aws("ec2")
    vpc, _ = network(ec2)
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == 1
    assert dependents(ec2, vpc, [], TAGS) == []


def test_a_foreign_interface_is(aws):
    ec2 = aws("ec2")
    vpc, subnet = network(ec2)
    foreign = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]
    (found,) = dependents(ec2, vpc, [], TAGS)
    assert found["id"] == foreign["NetworkInterfaceId"]
    assert f"is in {subnet}" in found["text"]
