"""Creation times: a record is being made as long as AWS would take, divided by the scale."""

from __future__ import annotations

import pytest

from lab.emulator import creation
from tests.waiting import until


@pytest.fixture
def scale():
    creation.set_scale("aws/200")
    yield
    creation.set_scale("")


def network(ec2) -> tuple[str, list[str]]:
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )["Subnet"]["SubnetId"]
        for n, zone in enumerate("ab")
    ]
    return vpc, subnets


@pytest.mark.parametrize("text", ["aws", "20", "aws/0", "aws/x", "gcp/2"])
def test_another_scale_is_refused(text):
    with pytest.raises(creation.BadScale, match="aws/20"):
        creation.set_scale(text)


def test_a_nat_gateway_is_pending_first(aws, scale):
    ec2 = aws("ec2")
    made = ec2.create_nat_gateway(SubnetId=network(ec2)[1][0], ConnectivityType="private")
    name = made["NatGateway"]["NatGatewayId"]

    def state() -> str:
        return ec2.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"][0]["State"]

    assert state() == "pending"
    until(lambda: state() == "available")


def test_a_balancer_is_provisioning_first(aws, scale):
    elb = aws("elbv2")
    elb.create_load_balancer(Name="a", Subnets=network(aws("ec2"))[1])

    def state() -> str:
        return elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"]

    assert state() == "provisioning"
    until(lambda: state() == "active")


def test_a_database_and_a_cache_are_creating_first(aws, scale):
    rds, cache = aws("rds"), aws("elasticache")
    rds.create_db_instance(
        DBInstanceIdentifier="a", Engine="postgres", DBInstanceClass="db.t3.micro",
        AllocatedStorage=20, MasterUsername="a", MasterUserPassword="long enough",
    )  # fmt: skip
    cache.create_replication_group(
        ReplicationGroupId="a", ReplicationGroupDescription="a", Engine="redis",
        CacheNodeType="cache.t3.micro", NumCacheClusters=1,
    )  # fmt: skip

    def states() -> set[str]:
        return {
            rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"],
            cache.describe_replication_groups()["ReplicationGroups"][0]["Status"],
        }

    assert states() == {"creating"}
    until(lambda: states() == {"available"})


def test_an_instance_is_pending_first(aws, scale):
    ec2 = aws("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=network(ec2)[1][0])

    def state() -> str:
        return ec2.describe_instances()["Reservations"][0]["Instances"][0]["State"]["Name"]

    assert state() == "pending"
    until(lambda: state() == "running")


def test_without_a_scale_everything_is_there_at_once(aws):
    ec2 = aws("ec2")
    made = ec2.create_nat_gateway(SubnetId=network(ec2)[1][0], ConnectivityType="private")
    name = made["NatGateway"]["NatGatewayId"]
    found = ec2.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"][0]
    assert found["State"] == "available"
