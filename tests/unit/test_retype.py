"""Hosts take another instance type one after the other, and without a lost request."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.policies import simulate, store
from tests.provisioning.conftest import Account
from tests.unit.pipeline import PLACE
from tests.unit.warm import HOST

ROOT = Path(__file__).parents[2]
PLAYBOOK = """
- name: Maintain host by host
  hosts: app
  serial: 1
  gather_facts: false
  any_errors_fatal: true
  environment: {AWS_REGION: us-east-1}
  roles: [host_maintenance]
"""
NOTHING = """---
- name: Do nothing
  ansible.builtin.meta: noop
"""


class Fleet:
    """Two hosts behind a balancer, in an emulated account."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.account = folder, Account(folder)
        self.ec2, self.elb = self.account.client("ec2"), self.account.client("elbv2")
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}"
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]
        image = self.ec2.describe_images()["Images"][0]["ImageId"]
        made = self.ec2.run_instances(
            ImageId=image, InstanceType="t3.small", MinCount=2, MaxCount=2, SubnetId=subnets[0]
        )
        self.ids = [one["InstanceId"] for one in made["Instances"]]
        balancer = self.elb.create_load_balancer(Name="shop-qa", Subnets=subnets)["LoadBalancers"][
            0
        ]
        self.group = self.elb.create_target_group(
            Name="shop-qa-api", Protocol="HTTP", Port=3000, VpcId=vpc, TargetType="instance"
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )
        self.elb.register_targets(
            TargetGroupArn=self.group, Targets=[{"Id": one} for one in self.ids]
        )
        lock = folder / "roles/lock/tasks/check.yml"
        lock.parent.mkdir(parents=True)
        lock.write_text(NOTHING)
        (folder / "roles/host_maintenance").symlink_to(ROOT / "roles/host_maintenance")
        (folder / "play.yml").write_text(PLAYBOOK)

    def maintain(self, wanted: str, *arguments: str) -> tuple[subprocess.CompletedProcess, list]:
        """Maintain the hosts; the run, and the calls that it made."""
        local = {**HOST, "ansible_become": False}
        hosts = {
            f"host-{number}": {
                **local,
                "ec2_instance_id": one,
                "ec2_instance_type": self.types[one],
            }
            for number, one in enumerate(self.ids)
        }
        inventory = self.folder / "hosts.json"
        inventory.write_text(
            json.dumps({"app": {"hosts": hosts}, "here": {"hosts": {"localhost": HOST}}})
        )
        given = {
            "project": "shop",
            "env": "qa",
            "app_services": {"api": {"port": 3000}},
            "compose_deploy_name": "shop-qa",
            "compose_deploy_directory": str(self.folder / "none"),
            "compose_deploy_proxy_map": str(self.folder / "no.map"),
            "host_maintenance_upgrade": "no",
            "host_maintenance_type": wanted,
            "host_maintenance_target_groups": {"api": self.group},
            "ansible_warm_services": ["ec2", "elbv2"],
        }
        before = len(self.account._calls())
        done = subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "-i", inventory,
             self.folder / "play.yml", "-e", json.dumps(given), *arguments],
            cwd=ROOT, capture_output=True, text=True,
            env=self.account.environment
            | {"ANSIBLE_ROLES_PATH": str(self.folder / "roles")}
            | {"ANSIBLE_STDOUT_CALLBACK": "groundwork.aws.plan"},
        )  # fmt: skip
        return done, self.account._calls()[before:]

    @property
    def types(self) -> dict[str, str]:
        found = self.ec2.describe_instances()["Reservations"]
        alive = [one for part in found for one in part["Instances"]]
        return {one["InstanceId"]: one["InstanceType"] for one in alive}

    @property
    def serving(self) -> set[str]:
        found = self.elb.describe_target_health(TargetGroupArn=self.group)
        return {
            one["Target"]["Id"]
            for one in found["TargetHealthDescriptions"]
            if one["TargetHealth"]["State"] == "healthy"
        }


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """A fleet of t3.small."""
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    yield fleet
    fleet.account.stop()


def steps(calls):
    """What was done to which host, in order."""
    shown = ("DeregisterTargets", "StopInstances", "ModifyInstanceAttribute", "StartInstances",
             "RegisterTargets")  # fmt: skip
    return [one["action"] for one in calls if one["action"] in shown]


def test_a_plan_names_the_new_type_and_stops_nobody(fleet):
    done, calls = fleet.maintain("t3.large", "--check", "--diff")
    assert done.returncode == 0, done.stdout
    assert "t3.small" in done.stdout and "t3.large" in done.stdout
    assert steps(calls) == []


def test_each_host_is_drained_changed_and_healthy_before_the_next(fleet):
    done, calls = fleet.maintain("t3.large")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(fleet.types.values()) == {"t3.large"}
    assert fleet.serving == set(fleet.ids)
    one = ["DeregisterTargets", "StopInstances", "ModifyInstanceAttribute", "StartInstances"]
    assert steps(calls) == [*one, "RegisterTargets", *one, "RegisterTargets"]
    assert simulate.refused(calls, store.kept("deploy"), PLACE) == []


def test_hosts_that_have_the_type_are_not_stopped(fleet):
    done, calls = fleet.maintain("t3.large")
    assert done.returncode == 0, done.stdout
    assert "StopInstances" not in steps(calls)


def test_a_type_that_aws_refuses_leaves_the_host_as_it_was(fleet):
    done, calls = fleet.maintain("t3.huge")
    assert done.returncode != 0
    assert "could not become a t3.huge" in " ".join(done.stdout.split())
    assert set(fleet.types.values()) == {"t3.large"}
    assert fleet.serving == {fleet.ids[1]}
    assert steps(calls)[-1] == "StartInstances"
