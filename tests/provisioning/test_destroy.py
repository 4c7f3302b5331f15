"""Single components go where nothing needs them; what is in the way is named, the others go.

Whole environments: test_end_of_life.py.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow
SURE = ("-e", "destroy=qa")
# What takes the longest and is not looked at here stays away.
PARTS = "network,security_groups,state,keys,secrets,registry,identity,logs"


@pytest.fixture(scope="module")
def built(account):
    account.succeed("provision", "qa", "--limit", PARTS)
    return account


@pytest.fixture(scope="module")
def vpc(built):
    (found,) = [v for v in built.client("ec2").describe_vpcs()["Vpcs"] if not v["IsDefault"]]
    return found["VpcId"]


def words(run) -> str:
    return " ".join(run.output.split())


def published(account) -> set[str]:
    bucket = "milky-way-admin-panel-qa-state-123456789012"
    listed = account.client("s3").list_objects_v2(Bucket=bucket, Prefix="outputs/")
    return {item["Key"] for item in listed["Contents"]}


def test_a_component_that_another_needs_is_refused(built):
    for check in ((), ("--check",)):
        run = built.play("destroy", "qa", "--limit", "network", *SURE, *check)
        assert run.code != 0
        assert "network is needed by security_groups" in words(run)
        assert "--limit network,security_groups" in words(run)
        assert run.mutating == []


def test_a_single_component_goes_with_its_outputs(built):
    assert "outputs/logs.json" in published(built)
    plan = built.play("destroy", "qa", "--limit", "logs", *SURE, "--check", "--diff")
    run = built.play("destroy", "qa", "--limit", "logs", *SURE)
    assert (plan.code, run.code) == (0, 0), run.output[-3000:]
    assert plan.mutating == []
    assert plan.changed_tasks == run.changed_tasks != set()
    assert built.client("logs").describe_log_groups()["logGroups"] == []
    assert "outputs/logs.json" not in published(built)
    assert "outputs/network.json" in published(built)
    again = built.play("destroy", "qa", "--limit", "logs", *SURE)
    assert (again.code, again.changed, again.mutating) == (0, {}, [])


def test_a_foreign_user_of_a_group_is_named_and_stops_no_other_component(built, vpc):
    ec2 = built.client("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    app = next(g for g in groups["SecurityGroups"] if g["GroupName"].endswith("-app"))["GroupId"]
    theirs = ec2.create_security_group(GroupName="theirs", Description="x", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    rule["UserIdGroupPairs"] = [{"GroupId": app}]
    ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=[rule])

    run = built.play("destroy", "qa", "--limit", "network,security_groups,registry", *SURE)
    assert run.code != 0
    assert f"security group {theirs} (theirs, not tagged as ours) refers to {app}" in words(run)
    assert "network stays: security_groups could not go, and needs it" in words(run)
    assert "Traceback" not in run.output
    assert built.client("ecr").describe_repositories()["repositories"] == []
    ec2.delete_security_group(GroupId=theirs)


def test_a_foreign_instance_in_the_vpc_is_named_before_the_network_is_touched(built, vpc):
    ec2 = built.client("ec2")
    within = [{"Name": "vpc-id", "Values": [vpc]}]
    subnet = ec2.describe_subnets(Filters=within)["Subnets"][0]["SubnetId"]
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    started = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)
    instance = started["Instances"][0]["InstanceId"]

    named = f"The VPC {vpc} cannot go: instance {instance} (not tagged as ours) is in {subnet}"
    for check in (("--check",), ()):
        run = built.play("destroy", "qa", "--limit", "network,security_groups", *SURE, *check)
        assert run.code != 0
        assert named in words(run)
    assert len(ec2.describe_subnets(Filters=within)["Subnets"]) == 4
    ec2.terminate_instances(InstanceIds=[instance])
