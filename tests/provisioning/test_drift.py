"""What was changed behind our back is found, exactly; what nobody declares is found too."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

NAME = "milky-way-admin-panel-qa"
TAGS = {"Project": "milky-way-admin-panel", "Environment": "qa"}


@pytest.fixture(scope="module")
def qa(account):
    """A converged environment."""
    run = account.play("provision", "qa")
    assert run.code == 0, run.output[-3000:]
    return account


@pytest.fixture(scope="module")
def look(qa, tmp_path_factory):
    """Looks for drift: exit code, what was found, and the calls that changed something."""
    path = tmp_path_factory.mktemp("drift") / "drift.json"

    def looked(*arguments):
        path.unlink(missing_ok=True)
        run = qa.play("drift", "qa", "-e", f"drift_file={path}", *arguments)
        found = json.loads(path.read_text()) if path.exists() else {}
        return run, found

    return looked


def changed(found) -> dict[tuple[str, str], set[str]]:
    """Names of the changed properties by component and type."""
    return {
        (component, one["type"]): {change["property"] for change in one["changes"]}
        for component, held in found["components"].items()
        for one in held["update"]
    }


def test_a_converged_environment_is_in_step(look):
    run, found = look()
    assert (run.code, found.get("orphans")) == (0, []), run.output[-3000:]
    assert found["drifted"] is False
    assert "In step" in run.output
    assert run.mutating == []


def test_what_was_changed_by_hand_is_found_and_nothing_else(qa, look):
    ec2, elb, iam = qa.client("ec2"), qa.client("elbv2"), qa.client("iam")
    groups = {g["GroupName"]: g for g in ec2.describe_security_groups()["SecurityGroups"]}
    ec2.authorize_security_group_ingress(
        GroupId=groups[f"{NAME}-database"]["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )
    (subnet, *_) = ec2.describe_subnets(
        Filters=[{"Name": f"tag:{k}", "Values": [v]} for k, v in TAGS.items()]
    )["Subnets"]
    ec2.create_tags(Resources=[subnet["SubnetId"]], Tags=[{"Key": "Owner", "Value": "somebody"}])
    role = next(r["RoleName"] for r in iam.list_roles()["Roles"] if NAME in r["RoleName"])
    iam.tag_role(RoleName=role, Tags=[{"Key": "Owner", "Value": "somebody"}])
    logs = qa.client("logs")
    group = logs.describe_log_groups()["logGroups"][0]["logGroupName"]
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    s3 = qa.client("s3")
    buckets = [b["Name"] for b in s3.list_buckets()["Buckets"]]
    (state,) = [b for b in buckets if "state" in b]
    s3.put_bucket_versioning(Bucket=state, VersioningConfiguration={"Status": "Suspended"})
    (access_logs,) = [b for b in buckets if "state" not in b]
    s3.delete_bucket_lifecycle(Bucket=access_logs)
    ecr = qa.client("ecr")
    repository = ecr.describe_repositories()["repositories"][0]["repositoryName"]
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="MUTABLE")
    (target_group, *_) = elb.describe_target_groups()["TargetGroups"]
    elb.modify_target_group(
        TargetGroupArn=target_group["TargetGroupArn"], HealthCheckIntervalSeconds=99
    )
    secrets = qa.client("secretsmanager")
    secret = secrets.list_secrets()["SecretList"][0]["ARN"]
    secrets.tag_resource(SecretId=secret, Tags=[{"Key": "Owner", "Value": "somebody"}])
    (database,) = qa.client("rds").describe_db_instances()["DBInstances"]
    qa.client("rds").modify_db_instance(
        DBInstanceIdentifier=database["DBInstanceIdentifier"],
        BackupRetentionPeriod=2,
        ApplyImmediately=True,
    )

    run, found = look()
    assert run.code == 2, run.output[-3000:]
    assert run.mutating == []
    assert found["totals"]["create"] == found["totals"]["delete"] == 0
    assert found["orphans"] == []
    where = {component for component, _ in changed(found)}
    assert where == {
        "security_groups", "network", "identity", "logs", "state", "access_logs",
        "registry", "load_balancer", "secrets", "database",
    }  # fmt: skip
    assert found["totals"]["update"] == 10
    assert changed(found)["network", "subnet"] == {"tags.Owner"}
    assert "somebody" in run.output


def test_what_is_missing_is_found_with_a_limit(qa, look):
    qa.client("logs").delete_log_group(
        logGroupName=qa.client("logs").describe_log_groups()["logGroups"][-1]["logGroupName"]
    )
    run, found = look("--limit", "logs,registry")
    assert run.code == 2, run.output[-3000:]
    assert found["totals"]["create"] == 1
    assert set(found["components"]) <= {"logs", "registry", "environment"}


def test_orphans_are_found(qa, look):
    assert qa.play("provision", "qa").code == 0
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    qa.client("s3").create_bucket(Bucket=f"{NAME}-media")
    qa.client("s3").put_bucket_tagging(Bucket=f"{NAME}-media", Tagging={"TagSet": tags})
    qa.client("iam").create_role(
        RoleName=f"{NAME}-old", AssumeRolePolicyDocument='{"Version": "2012-10-17"}', Tags=tags
    )
    address = qa.client("ec2").allocate_address(
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}]
    )
    run, found = look()
    assert run.code == 2, run.output[-3000:]
    assert {one["id"] for one in found["orphans"]} == {
        f"{NAME}-media",
        f"{NAME}-old",
        address["AllocationId"],
    }
    assert "no component declares" in run.output


def test_an_error_is_no_drift(qa, look):
    qa.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    try:
        run, found = look()
    finally:
        qa.environment["AWS_ENDPOINT_URL"] = qa.url
    assert run.code == 1
    assert found == {}
