"""What is in use cannot be deleted, and can be once it is not."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]


class Network:
    """A VPC with a public subnet in each of two zones, a security group, an internet gateway."""

    def __init__(self, aws: Aws) -> None:
        self.ec2 = ec2 = aws("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=zone)[
                "Subnet"
            ]["SubnetId"]
            for n, zone in enumerate(("us-east-1a", "us-east-1b"))
        ]
        self.subnet = self.subnets[0]
        self.group = self.make_group("app")

    def make_group(self, name: str) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description="d", VpcId=self.vpc)
        return made["GroupId"]

    def run(self) -> str:
        image = self.ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
        interface = {
            "DeviceIndex": 0,
            "SubnetId": self.subnet,
            "Groups": [self.group],
            "AssociatePublicIpAddress": True,
        }
        return self.ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[interface]
        )["Instances"][0]["InstanceId"]

    def delete_subnet(self) -> None:
        self.ec2.delete_subnet(SubnetId=self.subnet)

    def delete_group(self) -> None:
        self.ec2.delete_security_group(GroupId=self.group)

    def detach(self) -> None:
        self.ec2.detach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)


@pytest.fixture
def network(aws: Aws) -> Network:
    return Network(aws)


def refused(call: Callable[[], object]) -> bool:
    with pytest.raises(ClientError) as error:
        call()
    return error.value.response["Error"]["Code"] == "DependencyViolation"


def test_an_instance_holds_its_network(network: Network) -> None:
    instance = network.run()
    assert refused(network.delete_subnet)
    assert refused(network.delete_group)
    assert refused(network.detach)
    network.ec2.terminate_instances(InstanceIds=[instance])
    network.delete_subnet()
    network.delete_group()
    network.detach()


def test_a_nat_gateway_holds_its_subnet(network: Network) -> None:
    allocation = network.ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = network.ec2.create_nat_gateway(SubnetId=network.subnet, AllocationId=allocation)
    assert refused(network.delete_subnet)
    assert refused(network.detach)
    network.ec2.delete_nat_gateway(NatGatewayId=gateway["NatGateway"]["NatGatewayId"])
    network.delete_subnet()
    network.detach()


def test_a_balancer_holds_its_subnets_and_groups(aws: Aws, network: Network) -> None:
    elb = aws("elbv2")
    arn = elb.create_load_balancer(
        Name="lb", Subnets=network.subnets, SecurityGroups=[network.group]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    assert refused(network.delete_subnet)
    assert refused(network.delete_group)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    network.delete_subnet()
    network.delete_group()


def test_a_database_holds_its_groups(aws: Aws, network: Network) -> None:
    rds = aws("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="db",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="a-password-of-the-test",
        VpcSecurityGroupIds=[network.group],
    )
    assert refused(network.delete_group)
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    network.delete_group()


def test_a_rule_holds_the_group_it_names(network: Network) -> None:
    other = network.make_group("database")
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "UserIdGroupPairs": [{"GroupId": network.group}],
    }
    network.ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
    assert refused(network.delete_group)
    network.ec2.delete_security_group(GroupId=other)
    network.delete_group()


def test_gateways_and_groups_hold_the_vpc(network: Network) -> None:
    def delete() -> None:
        network.ec2.delete_vpc(VpcId=network.vpc)

    for subnet in network.subnets:
        network.ec2.delete_subnet(SubnetId=subnet)
    assert refused(delete)
    network.detach()
    assert refused(delete)
    network.delete_group()
    delete()
