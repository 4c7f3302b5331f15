"""Snapshots and restores, as far as AWS's side of them goes: nothing runs over what is there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from resource_sets import changed_by

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
PARTS = "network,security_groups,state,keys,secrets,database"
BUCKET = "milky-way-admin-panel-qa-state-123456789012"
FIRST = "milky-way-admin-panel-qa-database"
NAMED = ("-e", "backup_name=before")
BACKUP = "milky-way-admin-panel-qa-backup-before"
GIVEN = ("-e", f"snapshot={BACKUP}")
# Of AWS, what the role's own changes too; instead of the host's answer, that every check passed.
ADMIT = """---
- name: Give the master user another password
  amazon.aws.rds_instance:
    id: "{{ database_admitted.name }}"
    master_user_password: of-a-test
    force_update_password: true
    apply_immediately: true
    wait: false
- name: Pass
  ansible.builtin.set_fact:
    _database_admitted: {stdout: '{"checks": []}'}
"""


@pytest.fixture(scope="module")
def built(account):
    account.succeed("provision", "qa", "--limit", PARTS)
    return account


@pytest.fixture(scope="module")
def backed_up(built):
    plan = built.succeed("backup", "qa", *NAMED, "--check", "--diff")
    run = built.succeed("backup", "qa", *NAMED)
    assert plan.mutating == []
    assert plan.changed_tasks == run.changed_tasks != set()
    return built


@pytest.fixture(scope="module")
def restored(backed_up):
    """The name of an instance that was restored from the snapshot."""
    plan = backed_up.succeed("restore", "qa", *GIVEN, "--check", "--diff")
    run = backed_up.succeed("restore", "qa", *GIVEN)
    assert plan.mutating == []
    assert plan.changed_tasks == run.changed_tasks != set()
    (name,) = instances(backed_up).keys() - {FIRST}
    return name


@pytest.fixture
def hosted(backed_up, tmp_path):
    """The account with an app host, on which nothing is really done."""
    ec2 = backed_up.client("ec2")
    tags = {"Project": "milky-way-admin-panel", "Environment": "qa", "Component": "instances"}
    made = ec2.run_instances(
        ImageId=ec2.describe_images()["Images"][0]["ImageId"],
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": k, "Value": v} for k, v in {**tags, "Name": "app-1"}.items()],
            }
        ],
    )
    for role in (ROOT / "roles").iterdir():
        (tmp_path / role.name).symlink_to(role)
    (tmp_path / "database").unlink()
    shutil.copytree(ROOT / "roles/database", tmp_path / "database")
    (tmp_path / "database/tasks/admit.yml").write_text(ADMIT)
    backed_up.environment["ANSIBLE_ROLES_PATH"] = str(tmp_path)
    yield backed_up
    del backed_up.environment["ANSIBLE_ROLES_PATH"]
    ec2.terminate_instances(InstanceIds=[made["Instances"][0]["InstanceId"]])


def words(run) -> str:
    return " ".join(run.output.split())


def instances(account) -> dict[str, dict]:
    found = account.client("rds").describe_db_instances()["DBInstances"]
    return {one["DBInstanceIdentifier"]: one for one in found}


def tags(one: dict) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in one["TagList"]}


def test_a_snapshot_is_of_the_environment_and_no_name_is_taken_twice(backed_up):
    rds = backed_up.client("rds")
    (made,) = rds.describe_db_snapshots(DBSnapshotIdentifier=BACKUP)["DBSnapshots"]
    assert made["DBInstanceIdentifier"] == FIRST
    assert tags(made)["Environment"] == "qa"
    again = backed_up.play("backup", "qa", *NAMED)
    assert again.code != 0
    assert f"There is a snapshot {BACKUP} already" in words(again)


def test_what_there_is_to_restore_is_listed(backed_up):
    told = backed_up.succeed("backups", "qa")
    assert BACKUP in words(told) and FIRST in words(told)
    assert told.mutating == []


def test_a_restore_makes_a_new_instance_like_the_first_and_leaves_that_alone(backed_up, restored):
    first, new = instances(backed_up)[FIRST], instances(backed_up)[restored]
    for same in ("DBInstanceClass", "StorageEncrypted", "KmsKeyId", "VpcSecurityGroups",
                 "PubliclyAccessible"):  # fmt: skip
        assert new[same] == first[same], same
    assert new["DBSubnetGroup"]["DBSubnetGroupName"] == FIRST
    assert new["DBParameterGroups"][0]["DBParameterGroupName"] == FIRST
    assert tags(new)["RestoredFrom"] == BACKUP
    assert tags(new).items() >= tags(first).items()
    assert backed_up.succeed("restore", "qa", *GIVEN).mutating == []


def test_a_restore_to_a_time_carries_the_same_tags(backed_up, restored):
    backed_up.succeed("restore", "qa", "-e", "time=latest")
    (new,) = instances(backed_up).keys() - {FIRST, restored}
    assert tags(instances(backed_up)[new])["RestoredFrom"] == FIRST
    backed_up.client("rds").delete_db_instance(DBInstanceIdentifier=new, SkipFinalSnapshot=True)


def test_a_recovery_point_of_aws_backup_is_listed_and_restored(backed_up, restored):
    backup = backed_up.client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    arn = backup.start_backup_job(
        BackupVaultName="vault", ResourceArn=instances(backed_up)[FIRST]["DBInstanceArn"],
        IamRoleArn="arn:aws:iam::123456789012:role/backup",
    )["RecoveryPointArn"]  # fmt: skip
    name = arn.split(":snapshot:")[1]
    assert name in words(backed_up.succeed("backups", "qa"))
    backed_up.succeed("restore", "qa", "-e", f"snapshot={arn}")
    (new,) = instances(backed_up).keys() - {FIRST, restored}
    assert tags(instances(backed_up)[new])["RestoredFrom"] == name
    backed_up.client("rds").delete_db_instance(DBInstanceIdentifier=new, SkipFinalSnapshot=True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "Say what is to be restored"),
        (("-e", "snapshot=no-such"), "There is no snapshot no-such"),
        (("-e", "time=2099-01-01T00:00:00Z"), "is later"),
    ],
)
def test_what_cannot_be_restored_is_said_before_anything_is_made(backed_up, asked, said):
    run = backed_up.play("restore", "qa", *asked)
    assert run.code != 0
    assert said in words(run)
    assert run.mutating == []


def test_a_run_stops_where_the_application_uses_another_instance(backed_up, restored):
    s3, key = backed_up.client("s3"), "outputs/database.json"
    before = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    told = json.dumps(json.loads(before) | {"name": restored})
    s3.put_object(Bucket=BUCKET, Key=key, Body=told)
    only = ("--limit", "database")
    run = backed_up.play("provision", "qa", *only)
    drifted = backed_up.play("drift", "qa", *only)
    agreed = backed_up.play(
        "provision", "qa", *only, "--check", "-e", f"database_instance={restored}"
    )
    s3.put_object(Bucket=BUCKET, Key=key, Body=before)
    assert run.code != 0
    assert f"database_instance: {restored}" in words(run)
    assert run.mutating == drifted.mutating == []
    assert drifted.code == 2, drifted.output[-2000:]
    assert f"the application uses: {restored} -> {FIRST}" in words(drifted)
    # The inventory names the one, the application uses the other: neither is nobody's.
    assert "0 orphans" in words(drifted)
    assert agreed.code == 0, agreed.output[-2000:]


def test_an_instance_that_is_not_there_is_not_made_empty(backed_up):
    s3, key = backed_up.client("s3"), "outputs/database.json"
    before = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    s3.delete_object(Bucket=BUCKET, Key=key)
    lost = ("-e", "database_instance=was-restored-once")
    run = backed_up.play("provision", "qa", "--limit", "database", *lost)
    s3.put_object(Bucket=BUCKET, Key=key, Body=before)
    assert run.code != 0
    assert "would look like a loss of all data" in words(run)
    assert run.mutating == []


def test_a_drill_is_planned_as_it_is_done(backed_up, hosted):
    plan = hosted.play("restore_drill", "qa", "--check", "--diff")
    run = hosted.play("restore_drill", "qa")
    assert (plan.code, run.code) == (0, 0), plan.output[-2000:] + run.output[-2000:]
    assert plan.mutating == []
    assert "rds.RestoreDBInstanceToPointInTime" in run.mutating
    assert changed_by(plan.plan) == changed_by(run.plan) == {}
    assert f"{FIRST}-drill" not in instances(hosted)


def test_the_instance_that_is_gone_is_made_empty_only_where_that_is_meant(backed_up, restored):
    backed_up.client("rds").delete_db_instance(DBInstanceIdentifier=FIRST, SkipFinalSnapshot=True)
    only = ("--limit", "database")
    run = backed_up.play("provision", "qa", *only)
    assert run.code != 0
    assert f"{FIRST}, is gone" in words(run) and "docs/runbooks/restore.md" in words(run)
    assert run.mutating == []
    plan = backed_up.succeed("provision", "qa", *only, "--check")
    assert "A run would stop here" in words(plan)
    backed_up.succeed("provision", "qa", *only, "-e", "empty_database=true")
    assert FIRST in instances(backed_up)


def test_a_destroy_takes_what_was_restored_with_it(backed_up, restored):
    # As a restore to a time leaves it that was killed before its second call.
    rds, arn = backed_up.client("rds"), instances(backed_up)[restored]["DBInstanceArn"]
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["Project", "Environment"])
    backed_up.succeed("destroy", "qa", "--limit", "database", "-e", "destroy=qa")
    assert instances(backed_up) == {}
