"""An environment goes and leaves nothing: the plan equals the change, twice is once."""

from __future__ import annotations

import pytest
from permissions import lacking
from resource_sets import changed_by, mismatches
from resource_tags import is_ours
from snapshot import snapshot

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sure(env):
    """The words of somebody who means it."""
    return ("-e", f"destroy={env}", "-e", f"destroy_protected={env}")


@pytest.fixture(scope="module")
def account(life, env):
    """That of test_lifecycle.py; for qa, of test_traces.py and test_drift.py too."""
    assert [life(env).runs[run].code for run in ("apply", "apply again")] == [0, 0]
    return life(env).account


def test_destroy_wants_the_name(account, env):
    if env != "qa":
        pytest.skip("as in qa")
    refused = account.play("destroy", env, "-e", "destroy=other")
    assert refused.code != 0
    assert "Nothing was deleted" in refused.output
    assert refused.mutating == []


@pytest.fixture(scope="module")
def destroyed(account, env, sure):
    """The plan of a whole destroy, and the destroy."""
    plan = account.play("destroy", env, *sure, "--check", "--diff")
    return plan, account.play("destroy", env, *sure)


def test_destroy_does_what_its_plan_announced(destroyed):
    plan, gone = destroyed
    assert plan.code == 0, plan.output[-3000:]
    assert plan.mutating == []
    assert gone.code == 0, gone.output[-3000:]
    assert gone.changed_tasks == plan.changed_tasks


def test_destroy_leaves_nothing(account, env, destroyed):
    _, gone = destroyed
    left = snapshot(account)
    default_vpc = {v["VpcId"] for v in account.client("ec2").describe_vpcs()["Vpcs"]}
    left["subnets"] = [s for s in left["subnets"] if s["VpcId"] not in default_vpc]
    left["groups"] = [g for n, g in left["groups"].items() if n != "default"]
    left["nats"] = [n for n in left["nats"] if n["State"] != "deleted"]
    assert {kind: items for kind, items in left.items() if items} == {}
    ours = {key["KeyState"] for key in described_keys(account.client("kms")) if is_ours(key)}
    assert ours == {"PendingDeletion"}
    assert "Kept on purpose" in gone.output
    snapshots = account.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert len(snapshots) == (1 if env == "prod" else 0)
    for kept in snapshots:
        assert {"Key": "Environment", "Value": env} in kept["TagList"]
        assert kept["DBSnapshotIdentifier"] in gone.output


def test_the_lock_goes_last_with_its_table(account, env, destroyed):
    _, gone = destroyed
    assert gone.mutating[-1] == "dynamodb.DeleteTable"
    assert account.client("dynamodb").list_tables()["TableNames"] == []
    assert "This run left no record: the bucket" in " ".join(gone.output.split())
    unlock = account.play("unlock", env, "-e", "reason=tidy")
    assert unlock.code == 0
    assert "It has no table" in " ".join(unlock.output.split())


def test_destroying_twice_is_clean(account, env, sure, destroyed):
    if env != "prod":
        pytest.skip("as in prod; what a second one may find: test_backup_plan.py")
    again = account.play("destroy", env, *sure)
    assert again.code == 0, again.output[-3000:]
    assert again.changed == {}
    assert [c for c in again.calls if c["mutating"] and c["status"] < 400] == []
    assert "Kept on purpose" in again.output


def test_what_was_destroyed_comes_back_with_the_key_that_waits_for_its_deletion(
    account, env, destroyed
):
    if env != "prod":
        pytest.skip("prod leaves more behind: snapshots, and secrets that are still to be deleted")
    kms = account.client("kms")
    (key,) = (one for one in described_keys(kms) if is_ours(one))
    plan = account.play("provision", env, "--check", "--diff")
    run = account.play("provision", env)
    assert (plan.code, run.code) == (0, 0), run.output[-3000:]
    assert mismatches(changed_by(plan.plan), changed_by(run.plan)) == []
    (back,) = (one for one in described_keys(kms) if is_ours(one))
    assert (back["KeyId"], back["KeyState"]) == (key["KeyId"], "Enabled")


def described_keys(kms) -> list[dict]:
    return [kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"] for one in kms.list_keys()["Keys"]]


def test_operators_policies_allow_all_that_was_called(account, env):
    missing = lacking(account, env)
    assert missing == "", missing
