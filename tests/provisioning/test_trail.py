"""The account's trail: planned, kept, put right, and gone with its environment."""

from __future__ import annotations

import json

import pytest
from permissions import lacking
from qa_copies import like_qa
from resource_sets import changed_by, mismatches, properties

pytestmark = pytest.mark.slow

NAME, OWNER = "milky-way-admin-panel-qa", {"Key": "Owner", "Value": "somebody"}
BUCKET = f"{NAME}-trail-logs-123456789012"
ARN = f"arn:aws:cloudtrail:us-east-1:123456789012:trail/{NAME}"
BOTH = "trail_logs,trail"


@pytest.fixture(scope="module")
def env(tmp_path_factory) -> str:
    """An inventory in which the two components are switched on."""
    switched = {f"# {name}": name for name in ("trail_logs:", "trail:")}
    return like_qa(tmp_path_factory.mktemp("inventories"), switched)


def trails(account) -> list[dict]:
    return account.client("cloudtrail").describe_trails()["trailList"]


def key(account) -> dict:
    return account.client("kms").describe_key(KeyId=f"alias/{NAME}")["KeyMetadata"]


def statements(text: str) -> dict[str, dict]:
    return {one["Sid"]: one for one in json.loads(text)["Statement"]}


@pytest.fixture(scope="module")
def runs(account, env):
    """From nothing, by hand, and back: the runs, and what CloudTrail, S3 and KMS said between."""

    def play(playbook, *arguments):
        # A destroy of the state is one of the whole environment.
        parts = BOTH if playbook == "destroy" else f"keys,state,{BOTH}"
        return account.succeed(playbook, env, "--limit", parts, *arguments)

    cloudtrail = account.client("cloudtrail")
    # Somebody's, which is none of ours.
    account.client("s3").create_bucket(Bucket="others")
    cloudtrail.create_trail(Name="others", S3BucketName="others")
    found = {"made": (play("provision", "--check", "--diff"), play("provision"))}
    found["trail"], found["logging"] = told(account)
    policy = account.client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
    of_key = {"KeyId": key(account)["KeyId"], "PolicyName": "default"}
    found["bucket"] = statements(policy)
    found["key"] = statements(account.client("kms").get_key_policy(**of_key)["Policy"])
    found["again"] = play("provision")
    cloudtrail.stop_logging(Name=NAME)
    cloudtrail.update_trail(Name=NAME, IsMultiRegionTrail=False, EnableLogFileValidation=False)
    cloudtrail.update_trail(Name=NAME, S3BucketName="others", IncludeGlobalServiceEvents=False)
    cloudtrail.update_trail(Name=NAME, KmsKeyId="arn:aws:kms:us-east-1:123456789012:key/other")
    cloudtrail.add_tags(ResourceId=ARN, TagsList=[OWNER])
    found["drifted"] = play("provision", "--check", "--diff"), play("provision")
    found["mended"] = told(account)
    gone = ("-e", "destroy=qa")
    found["gone"] = play("destroy", *gone, "--check", "--diff"), play("destroy", *gone)
    found["left"] = [one["Name"] for one in trails(account)]
    found["gone twice"] = play("destroy", *gone)
    return found


def told(account) -> tuple[dict, bool]:
    """Our trail, and whether it records."""
    (ours,) = (one for one in trails(account) if one["Name"] == NAME)
    status = account.client("cloudtrail").get_trail_status(Name=NAME)
    return ours | {"key": key(account)["Arn"]}, status["IsLogging"]


@pytest.mark.parametrize("state", ["made", "drifted", "gone"])
def test_a_plan_announces_what_the_run_does(runs, state):
    plan, run = runs[state]
    assert plan.mutating == []
    announced, done = changed_by(plan.plan), changed_by(run.plan)
    assert ("trail", NAME) in announced
    assert mismatches(announced, done) == []


def test_a_second_run_changes_nothing(runs):
    assert runs["again"].changed == {} and runs["again"].mutating == []


@pytest.mark.parametrize("when", ["first", "mended"])
def test_it_records_all_regions_encrypted_and_with_digests(runs, when):
    trail, logging = runs["mended"] if when == "mended" else (runs["trail"], runs["logging"])
    assert logging
    assert trail["IsMultiRegionTrail"] and trail["IncludeGlobalServiceEvents"]
    assert trail["LogFileValidationEnabled"]
    assert (trail["S3BucketName"], trail["KmsKeyId"]) == (BUCKET, trail["key"])


def test_only_cloudtrail_of_this_account_writes_to_its_bucket(runs):
    wanted = {"ArnLike": {"aws:SourceArn": ARN.rpartition("/")[0] + "/*"}}
    allowed = {s: one for s, one in runs["bucket"].items() if one["Effect"] == "Allow"}
    assert allowed.keys() == {"AWSCloudTrailAclCheck", "AWSCloudTrailWrite"}
    for one in allowed.values():
        assert one["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert wanted.items() <= one["Condition"].items()
    write = allowed["AWSCloudTrailWrite"]
    assert write["Resource"] == f"arn:aws:s3:::{BUCKET}/AWSLogs/123456789012/*"
    assert "TLSOnly" in runs["bucket"]


def test_the_key_lets_cloudtrail_of_this_account_encrypt(runs):
    one = runs["key"]["TrailsEncryptWhatTheyRecord"]
    assert one["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    conditions = one["Condition"]["StringLike"]
    assert set(conditions.values()) == {"arn:aws:cloudtrail:*:123456789012:trail/*"}
    assert len(conditions) == 2


def test_what_was_changed_by_hand_is_told_property_by_property(runs):
    changed = ("s3_bucket_name", "kms_key_id", "is_multi_region_trail", "include_global_events")
    changed += ("enable_log_file_validation", "enable_logging", "tags.Owner")
    announced = changed_by(runs["drifted"][0].plan)
    assert properties(announced) == {("trail", NAME, one) for one in changed}


def test_it_goes_with_its_environment_and_others_stay(runs):
    assert runs["left"] == ["others"]
    assert runs["gone twice"].changed == {}


def test_operators_policies_allow_it(account, env, runs):
    missing = lacking(account, env, besides=("trail",))
    assert missing == "", missing
