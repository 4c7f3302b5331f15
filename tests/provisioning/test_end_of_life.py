"""An environment goes and leaves nothing: the plan equals the change, twice is once."""

from __future__ import annotations

import pytest
from permissions import lacking
from resource_sets import changed_by, mismatches
from resource_tags import is_ours
from snapshot import snapshot

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def account(life, env):
    """That of test_lifecycle.py; for qa, of test_traces.py and test_drift.py too."""
    assert [life(env).runs[run].code for run in ("apply", "apply again")] == [0, 0]
    return life(env).account


def test_destroy_wants_the_name(account, env):
    refused = account.play("destroy", env, "-e", "destroy=other")
    assert refused.code != 0
    assert "Nothing was deleted" in refused.output
    assert refused.mutating == []


def test_destroy_leaves_nothing(account, env):
    arguments = ("-e", f"destroy={env}", "-e", f"destroy_protected={env}")
    plan = account.play("destroy", env, *arguments, "--check", "--diff")
    assert plan.code == 0, plan.output[-3000:]
    assert plan.mutating == []
    gone = account.play("destroy", env, *arguments)
    assert gone.changed_tasks == plan.changed_tasks
    assert gone.code == 0, gone.output[-3000:]
    left = snapshot(account)
    default_vpc = {v["VpcId"] for v in account.client("ec2").describe_vpcs()["Vpcs"]}
    left["subnets"] = [s for s in left["subnets"] if s["VpcId"] not in default_vpc]
    left["groups"] = [g for n, g in left["groups"].items() if n != "default"]
    left["nats"] = [n for n in left["nats"] if n["State"] != "deleted"]
    assert {kind: items for kind, items in left.items() if items} == {}
    kms = account.client("kms")
    keys = [kms.describe_key(KeyId=k["KeyId"])["KeyMetadata"] for k in kms.list_keys()["Keys"]]
    ours = {key["KeyState"] for key in keys if is_ours(key)}
    assert ours == {"PendingDeletion"}
    assert "Kept on purpose" in gone.output
    snapshots = account.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert len(snapshots) == (1 if env == "prod" else 0)
    for kept in snapshots:
        assert {"Key": "Environment", "Value": env} in kept["TagList"]
        assert kept["DBSnapshotIdentifier"] in gone.output


def test_destroying_twice_is_clean(account, env):
    again = account.play("destroy", env, "-e", f"destroy={env}", "-e", f"destroy_protected={env}")
    assert again.code == 0, again.output[-3000:]
    assert again.changed == {}


def test_what_was_destroyed_comes_back(account, env):
    if env != "prod":
        pytest.skip("prod leaves more behind: snapshots, and secrets that are still to be deleted")
    plan = account.play("provision", env, "--check", "--diff")
    run = account.play("provision", env)
    assert (plan.code, run.code) == (0, 0), run.output[-3000:]
    assert mismatches(changed_by(plan.plan), changed_by(run.plan)) == []


def test_operators_policies_allow_all_that_was_called(account, env):
    missing = lacking(account, env)
    assert missing == "", missing
