"""Elastic Load Balancing answers as AWS does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lab.emulator import balancing, followed
from tests.waiting import until

Aws = Callable[[str], Any]


@dataclass
class Case:
    """A balancer with a target group of addresses."""

    elb: Any
    balancer: str
    group: str

    def listen(self) -> str:
        action = {"Type": "forward", "TargetGroupArn": self.group}
        return self.elb.create_listener(
            LoadBalancerArn=self.balancer, Protocol="HTTP", Port=80, DefaultActions=[action]
        )["Listeners"][0]["ListenerArn"]

    def register(self, *ports: int) -> None:
        self.elb.register_targets(TargetGroupArn=self.group, Targets=_targets(ports))

    def deregister(self, *ports: int) -> None:
        self.elb.deregister_targets(TargetGroupArn=self.group, Targets=_targets(ports))

    def health(self) -> dict[int, str]:
        told = self.elb.describe_target_health(TargetGroupArn=self.group)
        return {
            one["Target"]["Port"]: one["TargetHealth"]["State"]
            for one in told["TargetHealthDescriptions"]
        }


def _targets(ports: tuple[int, ...]) -> list[dict[str, Any]]:
    return [{"Id": "10.20.0.5", "Port": port} for port in ports]


@pytest.fixture
def case(aws: Aws) -> Case:
    ec2, elb = aws("ec2"), aws("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    balancer = elb.create_load_balancer(Name="lb", Subnets=subnets)["LoadBalancers"][0]
    group = elb.create_target_group(
        Name="tg", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckPath="/h"
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}],
    )
    return Case(elb, balancer["LoadBalancerArn"], group)


@pytest.fixture
def follow() -> Iterator[None]:
    followed.follow("balancer")
    yield
    followed.unfollow("balancer")


def test_a_balancer_has_all_attributes(case: Case) -> None:
    told = case.elb.describe_load_balancer_attributes(LoadBalancerArn=case.balancer)["Attributes"]
    found = {one["Key"]: one["Value"] for one in told}
    assert found["access_logs.s3.enabled"] == "false"
    assert found["idle_timeout.timeout_seconds"] == "60"
    assert found["routing.http.drop_invalid_header_fields.enabled"] == "false"
    assert found["routing.http2.enabled"] == found["load_balancing.cross_zone.enabled"] == "true"


def test_the_zone_of_its_name_is_aws_own(case: Case) -> None:
    told = case.elb.describe_load_balancers()["LoadBalancers"][0]
    assert told["CanonicalHostedZoneId"] == "Z35SXDOTRQ7X7K"


def test_without_a_listener_a_target_is_unused(case: Case) -> None:
    case.register(80)
    assert case.health() == {80: "unused"}
    case.listen()
    assert case.health() == {80: "healthy"}


def test_one_address_on_two_ports_is_two_targets(case: Case) -> None:
    case.listen()
    case.register(80, 81)
    assert case.health() == {80: "healthy", 81: "healthy"}
    case.deregister(80)
    assert case.health() == {81: "healthy"}


def test_verdicts_come_from_outside(case: Case, follow: None) -> None:
    case.listen()
    case.register(80)
    assert case.health() == {80: "initial"}
    balancing.set_target_health(case.group, "10.20.0.5", 80, "unhealthy", "Target.Timeout", "slow")
    told = case.elb.describe_target_health(TargetGroupArn=case.group)
    assert told["TargetHealthDescriptions"][0]["TargetHealth"] == {
        "State": "unhealthy",
        "Reason": "Target.Timeout",
        "Description": "slow",
    }
    assert told["TargetHealthDescriptions"][0]["HealthCheckPort"] == "80"


def test_a_deregistered_target_drains(case: Case, follow: None) -> None:
    case.listen()
    case.register(80)
    case.deregister(80)
    assert case.health() == {80: "draining"}
    until(lambda: case.health() == {})
    case.register(80)
    assert case.health() == {80: "initial"}


def test_an_unregistered_target_is_unused(case: Case) -> None:
    told = case.elb.describe_target_health(
        TargetGroupArn=case.group, Targets=[{"Id": "10.20.0.9", "Port": 80}]
    )
    state = told["TargetHealthDescriptions"][0]["TargetHealth"]
    assert (state["State"], state["Reason"]) == ("unused", "Target.NotRegistered")


def test_the_record_as_the_lab_reads_it(case: Case) -> None:
    listener = case.listen()
    case.register(8080)
    case.elb.create_rule(
        ListenerArn=listener,
        Priority=7,
        Conditions=[{"Field": "path-pattern", "Values": ["/a*"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )
    (found,) = balancing.balancers()
    assert [rule.priority for rule in found.listeners[0].rules] == [7, 0]
    assert found.groups[0].check.path == "/h"
    assert [target.key for target in found.groups[0].targets] == ["10.20.0.5:8080"]
    assert found.groups[0].targets[0].address == "10.20.0.5"
