"""The account's own settings: planned, kept, and left alone when an environment goes."""

from __future__ import annotations

import pytest
from permissions import lacking
from qa_copies import like_qa
from resource_sets import changed_by, mismatches

pytestmark = pytest.mark.slow

# S3's account-wide API puts the account's number before the host's name, and an emulator's host is
# an address: tests/unit/test_account_settings.py has that one.
OPTIONS = ("--limit", "account", "-e", '{"account_bucket_access_block": null}')


@pytest.fixture(scope="module")
def env(tmp_path_factory) -> str:
    """An inventory in which the component is switched on."""
    return like_qa(tmp_path_factory.mktemp("inventories"), {"# account:": "account:"})


def settings(account) -> dict:
    """The settings as the account has them."""
    ec2, iam = account.client("ec2"), account.client("iam")
    try:
        passwords = iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"]
    except iam.exceptions.NoSuchEntityException:
        passwords = 0
    return {
        "disks": ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"],
        "snapshots": ec2.get_snapshot_block_public_access_state()["State"],
        "images": ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"],
        "tokens": ec2.get_instance_metadata_defaults()["AccountLevel"].get("HttpTokens"),
        "passwords": passwords,
    }


NEW = {"disks": False, "snapshots": "unblocked", "images": "unblocked", "tokens": None}
NEW["passwords"] = 0
KEPT = {"disks": True, "snapshots": "block-all-sharing", "images": "block-new-sharing"}
KEPT |= {"tokens": "required", "passwords": 14}


@pytest.fixture(scope="module")
def runs(account, env):
    """A plan, the run, one more; a destroy, and one that is told to put the settings back."""
    found = {}

    def play(name: str, playbook: str, *arguments: str) -> None:
        run = account.succeed(playbook, env, *OPTIONS, *arguments)
        found[name] = run, settings(account)

    gone = ("-e", "destroy=qa")
    play("plan", "provision", "--check", "--diff")
    play("run", "provision")
    play("again", "provision")
    play("destroy", "destroy", *gone)
    play("undo", "destroy", *gone, "-e", '{"account_undo": true}')
    return found


def test_a_plan_announces_what_the_run_does(runs):
    (plan, before), (run, after) = runs["plan"], runs["run"]
    assert (before, after) == (NEW, KEPT)
    assert plan.mutating == []
    announced, done = changed_by(plan.plan), changed_by(run.plan)
    assert ("account_settings", "123456789012") in announced
    assert mismatches(announced, done) == []


def test_a_second_run_changes_nothing(runs):
    again, _ = runs["again"]
    assert again.changed == {} and again.mutating == []


def test_a_destroy_leaves_the_settings_and_says_so(runs):
    destroy, after = runs["destroy"]
    assert after == KEPT
    assert destroy.mutating == []
    assert "settings of the account stay" in destroy.output


def test_a_destroy_puts_them_back_when_told(runs):
    _, after = runs["undo"]
    assert after == NEW


def test_operators_policies_allow_it(account, env, runs):
    missing = lacking(account, env, besides=("account",))
    assert missing == "", missing
