"""The records that a deploy and a rollback write."""

import json

from tests.unit.host_roles import render

IMAGES = {"api": "registry.test/shop-api@sha256:1"}
OLD = {
    "release": "r1",
    "images": IMAGES,
    "verdict": "good",
    "when": "2026-11-21T02:00:00Z",
    "commit": "1111",
    "migrations": "one applied",
}
NEW = OLD | {"release": "r2", "when": "2026-11-21T03:00:00Z", "commit": "2222"}


def records(**given):
    text = render(
        "release",
        "records.json.j2",
        **{
            "release_who": "somebody",
            "verdict": "good",
            "_release_name": "r2",
            "_release_images": IMAGES,
            "_release_records": {},
            "_release_current": {},
        }
        | given,
    )
    return json.loads(text)


def test_deploy_writes_one_record():
    written = records(_release_commit="2222", _release_secret_versions={"JWT": {"version_id": "v"}})
    assert list(written) == ["releases/r2.json"]
    record = written["releases/r2.json"]
    assert record["verdict"] == "good"
    assert record["operation"] == "deploy"
    assert (record["commit"], record["who"]) == ("2222", "somebody")
    assert record["images"] == IMAGES
    assert record["secret_versions"] == {"JWT": {"version_id": "v"}}
    assert record["when"].endswith("Z")


def test_rollback_marks_the_release_that_was_left():
    written = records(
        _release_name="r1",
        release_operation="rollback",
        _release_records={"r1": OLD, "r2": NEW},
        _release_current=NEW,
    )
    assert written["releases/r1.json"]["verdict"] == "good"
    assert written["releases/r1.json"]["when"] > NEW["when"]
    assert written["releases/r1.json"]["migrations"] == "one applied"
    assert written["releases/r2.json"] == NEW | {"verdict": "rolled back"}


def test_failed_release_is_bad_with_its_reason_and_leaves_others_alone():
    written = records(
        verdict="bad",
        release_reason="not healthy",
        release_operation="rollback",
        _release_records={"r1": OLD},
        _release_current=OLD,
    )
    assert list(written) == ["releases/r2.json"]
    assert written["releases/r2.json"]["verdict"] == "bad"
    assert written["releases/r2.json"]["reason"] == "not healthy"
