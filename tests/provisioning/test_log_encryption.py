"""Log groups are encrypted with the environment's key where the inventory asks for it."""

from __future__ import annotations

import pytest
from permissions import lacking
from qa_copies import like_qa
from resource_sets import changed_by, mismatches, properties

pytestmark = pytest.mark.slow

GROUPS = [f"/milky-way-admin-panel/qa/{name}" for name in ("api", "host", "web")]
ASKED = """
logs_kms_key_arn: "{{ hostvars['keys'].outputs.key_arn | default(known_after_apply) }}"
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory) -> str:
    """An inventory that asks for it, in which the key comes first."""
    moved = {"        logs:\n": "", "        flow_logs:\n": "        flow_logs:\n        logs:\n"}
    return like_qa(tmp_path_factory.mktemp("inventories"), moved, ASKED)


@pytest.fixture(scope="module")
def runs(account, env):
    """The plan, the run, a second one, and a plan without the key."""

    def play(*arguments):
        return account.succeed("provision", env, "--limit", "keys,state,logs", *arguments)

    return {
        "plan": play("--check", "--diff"),
        "run": play(),
        "encrypted": {one["logGroupName"]: one.get("kmsKeyId") for one in groups(account)},
        "policy": policy(account),
        "again": play(),
        "without": (play("--check", "-e", "logs_kms_key_arn="), play("-e", "logs_kms_key_arn=")),
        "left": [one.get("kmsKeyId") for one in groups(account)],
        "with it again": (play("--check"), play()),
    }


def key(account) -> dict:
    return account.client("kms").describe_key(KeyId="alias/milky-way-admin-panel-qa")["KeyMetadata"]


def policy(account) -> str:
    of_key = {"KeyId": key(account)["KeyId"], "PolicyName": "default"}
    return account.client("kms").get_key_policy(**of_key)["Policy"]


def groups(account) -> list[dict]:
    return account.client("logs").describe_log_groups()["logGroups"]


def test_a_plan_announces_what_the_run_does(runs):
    announced, done = (changed_by(runs[one].plan) for one in ("plan", "run"))
    assert mismatches(announced, done) == []
    assert changed_by(runs["again"].plan) == {} and runs["again"].mutating == []


def test_the_groups_have_the_environments_key_and_it_lets_them(account, runs):
    assert runs["encrypted"] == dict.fromkeys(GROUPS, key(account)["Arn"])
    assert "logs.us-east-1.amazonaws.com" in runs["policy"]


@pytest.mark.parametrize("changed", ["without", "with it again"])
def test_groups_that_stand_take_it_and_give_it_back(runs, changed):
    announced, done = (changed_by(one.plan) for one in runs[changed])
    assert mismatches(announced, done) == []
    assert {("log_group", name, "kms_key_id") for name in GROUPS} <= properties(done)
    assert runs["left"] == [None] * 3


def test_operators_policies_allow_it(account, env, runs):
    missing = lacking(account, env)
    assert missing == "", missing
