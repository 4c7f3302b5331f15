"""NAT gateways and their addresses."""

from __future__ import annotations


def test_a_deleted_gateway_gives_its_address_free_and_takes_its_interface_along(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]

    def make() -> str:
        made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
        return made["NatGateway"]["NatGatewayId"]

    ec2.delete_nat_gateway(NatGatewayId=make())
    assert "AssociationId" not in ec2.describe_addresses()["Addresses"][0]
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    second = make()
    assert ec2.describe_nat_gateways(NatGatewayIds=[second])["NatGateways"][0]["State"] != "failed"
