"""What a run leaves to read: record and outputs. How a lock goes by force."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from holding import TABLE, Holder, holder

from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
BUCKET = "milky-way-admin-panel-qa-state-123456789012"
LIMIT = ("--limit", "keys,state")


@pytest.fixture(scope="module")
def made(account):
    """An environment of two components, and the run that made it."""
    return account.succeed("provision", "qa", *LIMIT)


def document(account, playbook: str, *arguments: str):
    """What a playbook writes to standard output, as JSON."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            f"playbooks/{playbook}.yml",
            *("-i", "inventories/qa", "-e", "format=json"),
            *arguments,
        ],
        cwd=ROOT,
        env=account.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def words(run) -> str:
    return " ".join(run.output.split())


def test_an_older_version_of_an_object_of_the_bucket_comes_back(account, made):
    s3, key = account.client("s3"), "outputs/keys.json"
    before = document(account, "outputs")["keys"]
    assert before["key_arn"]
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    versions = s3.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
    (good,) = (one["VersionId"] for one in versions if one["Size"] > 2)
    s3.copy_object(Bucket=BUCKET, Key=key, CopySource=f"{BUCKET}/{key}?versionId={good}")
    assert document(account, "outputs")["keys"] == before


def test_the_first_run_made_the_table_and_left_its_record(account, made):
    assert "dynamodb.CreateTable" in made.mutating
    (record,) = document(account, "history")
    assert (record["operation"], record["verdict"]) == ("provision", "ok")
    assert record["limit"] == "keys,state"
    assert record["totals"]["create"] >= 3
    assert len(record["commit"]) == 40
    assert record["duration"] > 0
    assert record["failed"] == []


def test_the_history_tells_of_failed_and_interrupted_runs(account, made, tmp_path):
    failed = Holder(account, tmp_path / "failed", "-e", "my_fail=true").ready()
    failed.go()
    failed.end()
    interrupted = Holder(account, tmp_path / "interrupted").ready()
    time.sleep(2)
    interrupted.signal(signal.SIGINT)
    interrupted.end()
    first, second = document(account, "history", "-e", "count=2")
    assert first["verdict"] == "interrupted"
    assert second["verdict"] == "failed"
    assert second["failed"] == [
        {"host": "keys", "task": "Fail where that is asked for", "message": "This was asked for."}
    ]
    table = words(account.play("history", "qa"))
    assert "This was asked for." in table
    assert "provision (keys,state) ok" in table


def test_outputs_are_a_table_or_json_and_hold_no_secret(account, made, tmp_path):
    outputs = document(account, "outputs")
    assert outputs["state"] == {"bucket": BUCKET, "table": TABLE.format(env="qa")}
    assert outputs["keys"]["key_arn"].startswith("arn:aws:kms:")
    given = ("-e", "component=state", "-e", f"outputs_file={tmp_path / 'outputs.json'}")
    assert document(account, "outputs", *given).keys() == {"state"}
    assert json.loads((tmp_path / "outputs.json").read_text()).keys() == {"state"}
    assert f"state bucket {BUCKET}" in words(account.play("outputs", "qa"))


def test_a_component_without_outputs_is_named_with_those_that_have_some(account, made):
    run = account.play("outputs", "qa", "-e", "component=network", "-e", "format=json")
    assert run.code != 0
    assert "network has published nothing" in words(run)
    assert "these have: keys, state" in words(run)


def test_a_lost_bucket_is_made_anew_with_the_same_outputs(account, made):
    before, s3 = document(account, "outputs"), account.client("s3")
    versions = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    for one in versions:
        s3.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=BUCKET)
    account.succeed("provision", "qa", *LIMIT)
    assert document(account, "outputs") == before


def test_unlocking_wants_a_reason(account, made):
    run = account.play("unlock", "qa")
    assert run.code != 0
    assert "Say why it must be taken away" in words(run)


def test_unlocking_a_free_lock_says_so_and_changes_nothing(account, made):
    run = account.succeed("unlock", "qa", "-e", "reason=tidy")
    assert "Nobody holds it: the lock of milky-way-admin-panel qa is free already" in words(run)
    assert [c for c in run.calls if c["mutating"]] == []


def test_an_unlocked_run_stops_and_learns_why_and_the_history_knows(account, made, tmp_path):
    held = Holder(account, tmp_path / "held", "-e", "lock_lease=6s").ready()
    run = account.succeed("unlock", "qa", "-e", "reason=build-7 was switched off")
    assert f"(process {held.process.pid})" in words(run)
    assert "It was taken away and is free" in words(run)
    assert not holder(account)
    held.go()
    code, output = held.end()
    assert code != 0
    assert "took it away: «build-7 was switched off»" in output
    assert not held.stepped()
    records = {one["operation"]: one for one in document(account, "history", "-e", "count=2")}
    lost, unlocked = records["provision"], records["unlock"]
    assert lost["verdict"] == "lost-lock"
    assert unlocked["reason"] == "build-7 was switched off"
    assert unlocked["broken_run"] == lost["run"]
