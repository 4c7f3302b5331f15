"""AWS Backup answers as AWS does, and our modules keep vaults and plans in it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils.tagged import tagged
from ansible_collections.groundwork.aws.plugins.modules.db_snapshots_info import snapshots
from one_module import Kept

ACCOUNT = "123456789012"
TAGS = {"Project": "shop", "Environment": "qa"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-backup"
FOR_BACKUP = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
ELSEWHERE = f"arn:aws:backup:us-west-2:{ACCOUNT}:backup-vault:shop-copy"
DAILY = {
    "name": "daily",
    "vault": "shop",
    "schedule": "cron(0 6 * * ? *)",
    "delete_after_days": 35,
    "copies": [{"vault_arn": ELSEWHERE, "delete_after_days": 90}],
    "recovery_point_tags": TAGS,
}
MONTHLY = {"name": "monthly", "vault": "shop", "schedule": "cron(0 7 1 * ? *)"}
CHOSEN = {
    "name": "environment",
    "role_arn": ROLE,
    "resources": ["arn:aws:rds:*:*:db:*"],
    "not_resources": ["arn:aws:rds:*:*:db:shop-drill"],
    "with_tags": TAGS,
}
PLAN = {"name": "shop", "rules": [MONTHLY, DAILY], "selections": [CHOSEN], "tags": TAGS}


@pytest.fixture
def plan(aws):
    return Kept(aws, "backup_plan:Plan", PLAN)


@pytest.fixture
def vault(aws):
    return Kept(aws, "backup_vault:Vault", {"name": "shop", "tags": TAGS, "wait_timeout": 5})


@pytest.fixture
def point(aws, vault):
    """The ARN of a database's backup in the vault."""
    vault.changes()
    made = aws("rds").create_db_instance(
        DBInstanceIdentifier="shop",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
    )
    job = aws("backup").start_backup_job(
        BackupVaultName="shop",
        ResourceArn=made["DBInstance"]["DBInstanceArn"],
        IamRoleArn=ROLE,
        RecoveryPointTags={"Rule": "daily"},
    )
    told = aws("backup").describe_backup_job(BackupJobId=job["BackupJobId"])
    assert told["State"] == "COMPLETED"
    return told["RecoveryPointArn"]


def plan_of(aws) -> tuple[str, dict[str, Any]]:
    (listed,) = aws("backup").list_backup_plans()["BackupPlansList"]
    identity = listed["BackupPlanId"]
    return identity, aws("backup").get_backup_plan(BackupPlanId=identity)["BackupPlan"]


def selected(aws) -> list[dict[str, Any]]:
    api, (identity, _) = aws("backup"), plan_of(aws)
    listed = api.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]
    found = [one["SelectionId"] for one in listed]
    return [
        api.get_backup_selection(BackupPlanId=identity, SelectionId=one)["BackupSelection"]
        for one in found
    ]


def test_a_plan_has_its_rules_and_what_it_chooses(aws, plan):
    plan.changes()
    _, document = plan_of(aws)
    daily, monthly = sorted(document["Rules"], key=lambda one: one["RuleName"])
    assert daily["Lifecycle"] == {"DeleteAfterDays": 35}
    (copy,) = daily["CopyActions"]
    assert copy == {
        "DestinationBackupVaultArn": ELSEWHERE,
        "Lifecycle": {"DeleteAfterDays": 90},
    }
    assert "Lifecycle" not in monthly and monthly["StartWindowMinutes"] == 60
    (chosen,) = selected(aws)
    assert chosen["Resources"] == ["arn:aws:rds:*:*:db:*"]
    assert chosen["Conditions"]["StringEquals"] == [
        {"ConditionKey": "aws:ResourceTag/Environment", "ConditionValue": "qa"},
        {"ConditionKey": "aws:ResourceTag/Project", "ConditionValue": "shop"},
    ]


def test_a_plan_of_it_changes_nothing(aws, plan):
    assert plan.run(check=True)["changed"]
    assert aws("backup").list_backup_plans()["BackupPlansList"] == []


def test_rules_change_and_the_plan_keeps_its_id(aws, plan):
    plan.changes()
    before, _ = plan_of(aws)
    assert "rules" in plan.changes(rules=[{**DAILY, "delete_after_days": 7}])
    after, document = plan_of(aws)
    assert before == after
    assert [one["Lifecycle"]["DeleteAfterDays"] for one in document["Rules"]] == [7]


def test_another_choice_replaces_the_one_before(aws, plan):
    plan.changes()
    plan.changes(selections=[{**CHOSEN, "resources": ["arn:aws:rds:*:*:db:shop"]}])
    (chosen,) = selected(aws)
    assert chosen["Resources"] == ["arn:aws:rds:*:*:db:shop"]
    assert plan.changes(selections=[]) == {"selections": []}


def test_what_somebody_chose_besides_is_taken_back(aws, plan):
    plan.changes()
    identity, _ = plan_of(aws)
    anything = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "yes"}
    aws("backup").create_backup_selection(
        BackupPlanId=identity,
        BackupSelection={"SelectionName": "x", "IamRoleArn": ROLE, "ListOfTags": [anything]},
    )
    assert "selections" in plan.changes()
    assert [one["SelectionName"] for one in selected(aws)] == ["environment"]


def test_a_plan_that_chooses_is_not_deleted_and_its_name_is_free_afterwards(aws, plan):
    plan.changes()
    api, (identity, _) = aws("backup"), plan_of(aws)
    with pytest.raises(api.exceptions.InvalidRequestException):
        api.delete_backup_plan(BackupPlanId=identity)
    assert plan.run(check=True, state="absent")["changed"]
    assert plan.run(state="absent")["changed"]
    assert plan.run(state="absent")["changed"] is False
    plan.changes()
    assert plan_of(aws)[0] != identity


def test_a_vault_and_its_lock(aws, vault):
    vault.changes()
    assert vault.changes(min_retention_days=7) == {"retention": {"min": 7, "max": None}}
    (found,) = aws("backup").list_backup_vaults()["BackupVaultList"]
    # Governance mode: in compliance mode there is a date.
    assert (found["Locked"], found["MinRetentionDays"], found.get("LockDate")) == (True, 7, None)
    assert vault.changes(min_retention_days=7, max_retention_days=90)["retention"]["max"] == 90
    assert vault.changes() == {"retention": None}


def test_the_key_of_a_vault_cannot_change(aws, vault):
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/one"
    vault.changes(kms_key_arn=key)
    with pytest.raises(RuntimeError, match="cannot change kms_key_arn"):
        vault.run(kms_key_arn=f"{key}-other")


@pytest.mark.parametrize("which", ["plan", "vault"])
def test_tags_are_mended(request, which):
    kept = request.getfixturevalue(which)
    kept.changes()
    assert kept.changes(tags={"Project": "shop", "Owner": "platform"})["tags"] == {
        "Project": "shop",
        "Owner": "platform",
    }


def test_a_vault_with_backups_stays_and_says_how_many(aws, vault, point):
    api = aws("backup")
    with pytest.raises(api.exceptions.InvalidRequestException):
        api.delete_backup_vault(BackupVaultName="shop")
    planned, done = vault.run(check=True, state="absent"), vault.run(state="absent")
    assert planned["changed"] is done["changed"] is False
    assert done["recovery_points"] == 1
    assert len(api.list_recovery_points_by_backup_vault(BackupVaultName="shop")["RecoveryPoints"])


def test_a_vault_goes_with_its_backups_and_their_lock_where_that_is_asked(aws, vault, point):
    vault.changes(min_retention_days=7)
    api = aws("backup")
    with pytest.raises(api.exceptions.InvalidRequestException):
        api.delete_recovery_point(BackupVaultName="shop", RecoveryPointArn=point)
    asked = {"state": "absent", "delete_recovery_points": True}
    assert vault.run(check=True, **asked)["changed"]
    assert vault.run(**asked)["changed"]
    assert api.list_backup_vaults()["BackupVaultList"] == []
    assert snapshots(aws("rds"), point.split(":snapshot:")[1]) == []


def test_a_recovery_point_is_a_snapshot_that_is_told_to_who_asks_for_its_type(aws, point):
    rds, name = aws("rds"), point.split(":snapshot:")[1]
    with pytest.raises(rds.exceptions.DBSnapshotNotFoundFault):
        rds.describe_db_snapshots(DBSnapshotIdentifier=name)
    rds.create_db_snapshot(DBInstanceIdentifier="shop", DBSnapshotIdentifier="by-hand")
    (found,) = snapshots(rds, name)
    assert found["snapshot_type"] == "awsbackup"
    assert found["tags"] == {**TAGS, "Rule": "daily"}
    listed = [one["db_snapshot_identifier"] for one in snapshots(rds, None)]
    assert {name, "by-hand"} <= set(listed)


def test_rds_restores_a_recovery_point(aws, point):
    made = aws("rds").restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored", DBSnapshotIdentifier=point.split(":snapshot:")[1]
    )["DBInstance"]
    assert (made["Engine"], made["AllocatedStorage"]) == ("postgres", 20)


def test_vault_and_plan_are_found_by_their_tags_and_backups_are_not(aws, plan, vault, point):
    plan.changes()
    found = tagged(lambda service, region=None: aws(service), "us-east-1", TAGS)
    kinds = sorted(arn.split(":")[5] for arn in found)
    assert kinds == ["backup-plan", "backup-vault", "db"]
    plan.run(state="absent")
    found = tagged(lambda service, region=None: aws(service), "us-east-1", TAGS)
    assert not [arn for arn in found if "backup-plan" in arn]


def test_a_role_takes_a_policy_of_aws_and_none_that_there_is_not(aws):
    iam = aws("iam")
    iam.create_role(RoleName="backup", AssumeRolePolicyDocument="{}")
    iam.attach_role_policy(RoleName="backup", PolicyArn=FOR_BACKUP)
    (found,) = iam.list_attached_role_policies(RoleName="backup")["AttachedPolicies"]
    assert found["PolicyArn"] == FOR_BACKUP
    assert iam.list_policies(Scope="Local")["Policies"] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.attach_role_policy(RoleName="backup", PolicyArn=f"{FOR_BACKUP}s")
