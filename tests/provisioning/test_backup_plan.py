"""AWS Backup's vault and plan: planned, kept, watched, and what a destroy does with backups."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import boto3
import pytest
from permissions import lacking
from resource_sets import changed_by, mismatches, properties

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PREFIX = "milky-way-admin-panel-qa"
VAULT, COPY = PREFIX, f"{PREFIX}-copy"
THERE = "us-west-2"
# The few that it stands on, and what watches it.
COMPONENTS = """
components:
  children:
    foundation: {hosts: {keys: , state: }}
    access: {hosts: {notifications: }}
    services: {hosts: {backup_plan: }}
    operations: {hosts: {alarms: }}
    compute: {hosts: {}}
    edge: {hosts: {}}
    awaited: {hosts: {}}
"""
SIZES = f"""
backup_plan_copy_region: {THERE}
backup_plan_lock_min_days: 7
backup_plan_state_bucket: true
backup_plan_rules:
  - {{name: daily, schedule: "cron(0 6 * * ? *)", delete_after_days: 35}}
  - {{name: monthly, schedule: "cron(0 7 1 * ? *)", delete_after_days: 365, copy: false}}
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory) -> str:
    """An inventory in which the component is switched on, with a lock, and copies elsewhere."""
    folder = tmp_path_factory.mktemp("inventories") / "qa"
    shutil.copytree(ROOT / "inventories" / "qa", folder)
    assert folder.joinpath("components.yml").read_text().count("# backup_plan:") == 1
    folder.joinpath("components.yml").write_text(COMPONENTS)
    page = folder / "group_vars" / "all" / "sizes.yml"
    page.write_text(page.read_text() + SIZES)
    return os.path.relpath(folder, ROOT / "inventories")


class Found:
    """What stands in the account, here and in the region with the copies."""

    def __init__(self, account) -> None:
        self.account = account
        self.here, self.there = account.client("backup"), self.elsewhere("backup")

    def elsewhere(self, service):
        keys = {"aws_access_key_id": "AKIAGROUNDWORKTESTS0", "aws_secret_access_key": "x" * 40}
        return boto3.client(service, endpoint_url=self.account.url, region_name=THERE, **keys)

    def vaults(self) -> dict[str, dict]:
        listed = [api.list_backup_vaults()["BackupVaultList"] for api in (self.here, self.there)]
        return {one["BackupVaultName"]: one for vaults in listed for one in vaults}

    def plan(self) -> tuple[str, dict]:
        (listed,) = self.here.list_backup_plans()["BackupPlansList"]
        identity = listed["BackupPlanId"]
        return identity, self.here.get_backup_plan(BackupPlanId=identity)["BackupPlan"]

    def roles(self) -> list[str]:
        return [one["RoleName"] for one in self.account.client("iam").list_roles()["Roles"]]


@pytest.fixture(scope="module")
def found(account):
    return Found(account)


@pytest.fixture(scope="module")
def built(account, env):
    """A plan on an empty account, the run, one more."""
    return (
        account.succeed("provision", env, "--check", "--diff"),
        account.succeed("provision", env),
        account.succeed("provision", env),
    )


def spoil(found: Found) -> set[tuple[str, str, str]]:
    """Change what somebody might by hand; type, name and property of each change."""
    api, (identity, document) = found.here, found.plan()
    document["Rules"][0]["Lifecycle"] = {"DeleteAfterDays": 1}
    for rule in document["Rules"]:
        rule.pop("RuleId")
    api.update_backup_plan(BackupPlanId=identity, BackupPlan=document)
    (chosen,) = api.list_backup_selections(BackupPlanId=identity)["BackupSelectionsList"]
    api.delete_backup_selection(BackupPlanId=identity, SelectionId=chosen["SelectionId"])
    api.delete_backup_vault_lock_configuration(BackupVaultName=VAULT)
    arn = found.vaults()[VAULT]["BackupVaultArn"]
    api.tag_resource(ResourceArn=arn, Tags={"Owner": "somebody"})
    return {
        ("backup_plan", PREFIX, "rules"),
        ("backup_plan", PREFIX, "selections"),
        ("backup_vault", VAULT, "retention"),
        ("backup_vault", VAULT, "tags.Owner"),
    }


@pytest.fixture(scope="module")
def drifted(account, env, found, built):
    """What was changed by hand, what drift.yml says of it, the run that repairs it, what is then.

    From that run on the other region gets no copies any more.
    """
    spoilt = spoil(found)
    tags = {"Project": "milky-way-admin-panel", "Environment": "qa", "Component": "backup_plan"}
    found.there.create_backup_vault(BackupVaultName="old", BackupVaultTags=tags)
    drift = account.play("drift", env)
    found.there.delete_backup_vault(BackupVaultName="old")
    repair = account.succeed("provision", env, "-e", "backup_plan_copy_region=")
    return spoilt, drift, repair, (found.vaults(), found.plan()[1])


@pytest.fixture(scope="module")
def ended(account, env, found, drifted):
    """A backup in the vault, no copy; a destroy that keeps it, and one that does not."""
    found.there.create_backup_vault(BackupVaultName=COPY)
    rds = account.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="database", Engine="postgres", DBInstanceClass="db.t3.micro"
    )
    (database,) = rds.describe_db_instances()["DBInstances"]
    found.here.start_backup_job(
        BackupVaultName=VAULT, ResourceArn=database["DBInstanceArn"], IamRoleArn="x"
    )
    gone = ("-e", "destroy=qa")
    kept = account.succeed(
        "destroy", env, *gone, "-e", '{"backup_plan_delete_recovery_points": false}'
    )
    left = found.vaults(), found.roles(), found.here.list_backup_plans()["BackupPlansList"]
    return kept, left, account.succeed("destroy", env, *gone)


def test_a_plan_announces_what_the_run_does(built):
    plan, run, _ = built
    assert plan.mutating == []
    announced, done = changed_by(plan.plan), changed_by(run.plan)
    assert {("backup_plan", PREFIX), ("backup_vault", VAULT), ("backup_vault", COPY)} <= set(done)
    assert mismatches(announced, done) == []


def test_a_second_run_changes_nothing(built):
    assert built[2].changed == {} and built[2].mutating == []


def test_backups_are_encrypted_locked_and_copied_to_the_other_region(built, found):
    vaults, (_, document) = found.vaults(), found.plan()
    assert ":key/" in vaults[VAULT]["EncryptionKeyArn"]
    assert [vaults[name]["MinRetentionDays"] for name in (VAULT, COPY)] == [7, 7]
    daily, monthly = document["Rules"]
    assert (daily["TargetBackupVaultName"], daily["Lifecycle"]) == (VAULT, {"DeleteAfterDays": 35})
    assert "CopyActions" not in monthly
    (copy,) = daily["CopyActions"]
    assert copy["DestinationBackupVaultArn"] == vaults[COPY]["BackupVaultArn"]


def test_a_failed_backup_rings(account, built):
    (alarm,) = account.client("cloudwatch").describe_alarms(AlarmNames=[f"{PREFIX}-backup-failed"])[
        "MetricAlarms"
    ]
    assert alarm["Dimensions"] == [{"Name": "BackupVaultName", "Value": VAULT}]
    assert alarm["AlarmActions"]


def test_the_role_may_back_up_and_nothing_else(account, built):
    attached = account.client("iam").list_attached_role_policies(RoleName=f"{PREFIX}-backup")
    assert sorted(one["PolicyName"] for one in attached["AttachedPolicies"]) == [
        "AWSBackupServiceRolePolicyForBackup",
        "AWSBackupServiceRolePolicyForS3Backup",
    ]


def test_what_was_changed_by_hand_is_told_and_repaired(drifted):
    spoilt, drift, repair, _ = drifted
    assert drift.code == 2, drift.output[-3000:]
    assert spoilt <= properties(changed_by(repair.plan))
    assert "arn:aws:backup:us-west-2:123456789012:backup-vault:old" in drift.output
    assert "2 changed, 0 too many, 1 orphans" in drift.output


def test_a_region_that_gets_no_copies_any_more_keeps_no_vault(drifted):
    vaults, document = drifted[3]
    assert set(vaults) == {VAULT}
    assert not [one for one in document["Rules"] if one.get("CopyActions")]


def test_a_destroy_keeps_backups_where_it_is_told_and_says_so(ended):
    kept, (vaults, roles, plans), _ = ended
    assert set(vaults) == {VAULT} and plans == []
    # Without it AWS Backup would not let them expire.
    assert f"{PREFIX}-backup" in roles
    words = " ".join(kept.output.split())
    assert f"The vault {VAULT} stays, with 1 backups" in words
    assert "Kept on purpose" in words


def test_a_destroy_deletes_them_where_it_may_and_leaves_nothing(ended, found, account):
    assert found.vaults() == {} and f"{PREFIX}-backup" not in found.roles()
    rds = account.client("rds")
    assert rds.describe_db_snapshots(SnapshotType="awsbackup")["DBSnapshots"] == []
    tags = [{"Key": "Project", "Values": ["milky-way-admin-panel"]}]
    for api in (
        account.client("resourcegroupstaggingapi"),
        found.elsewhere("resourcegroupstaggingapi"),
    ):
        listed = api.get_resources(TagFilters=tags)["ResourceTagMappingList"]
        assert [one["ResourceARN"] for one in listed if ":kms:" not in one["ResourceARN"]] == []


def test_what_is_left_with_our_tags_is_an_error_that_names_it(account, env, ended):
    tags = {"Project": "milky-way-admin-panel", "Environment": "qa", "Component": "queue"}
    url = account.client("sqs").create_queue(QueueName="orphan", tags=tags)["QueueUrl"]
    again = account.play("destroy", env, "-e", "destroy=qa", "-e", "destroy_settle=0")
    account.client("sqs").delete_queue(QueueUrl=url)
    assert again.code != 0
    assert again.changed == {}
    assert "sqs:queue orphan of queue" in " ".join(again.output.split())


def test_operators_policies_allow_it(account, env, ended):
    missing = lacking(account, env, besides=("backup_plan",))
    assert missing == "", missing
