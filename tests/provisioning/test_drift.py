"""A drifted environment: drift.yml finds what a plan announces, and what nobody declares."""

from __future__ import annotations

import json
from functools import partial

import pytest
from drifts.identity import ADDED
from drifts.watching import STALE
from orphans import orphans
from resource_sets import changed_by, mismatches, properties

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def account(life):
    """qa's, whose components all have a trace: what is drifted must be found all the same."""
    return life("qa").account


@pytest.fixture(scope="module")
def look(account, tmp_path_factory):
    """Looks for drift: the run, and what was found."""
    path = tmp_path_factory.mktemp("drift") / "drift.json"

    def looked(*arguments: str):
        path.unlink(missing_ok=True)
        run = account.play("drift", "qa", "-e", f"drift_file={path}", *arguments)
        found = json.loads(path.read_text()) if path.exists() else {}
        return run, found

    return looked


@pytest.fixture(scope="module")
def runs(life, account, look):
    """The changes by hand; what was found; the plan and the run that put it right."""
    provision = partial(account.succeed, "provision", "qa")
    found = {"drift": life("qa").drift, "looked": look()}
    found["drifted"] = provision("--check", "--diff"), provision()
    return found


def test_what_the_plan_announces_is_what_the_run_changes(runs):
    announced, done = (changed_by(run.plan) for run in runs["drifted"])
    assert mismatches(announced, done) == []


def test_a_plan_changes_nothing(runs):
    assert runs["drifted"][0].mutating == []


def test_a_plan_announces_drift_property_by_property_and_nothing_else(runs):
    announced = changed_by(runs["drifted"][0].plan)
    assert properties(announced) == runs["drift"]
    assert {key for key, item in announced.items() if item["action"] != "update"} == {ADDED, STALE}
    assert {announced[key]["action"] for key in (ADDED, STALE)} == {"delete"}


def test_drift_is_found_property_by_property_and_nothing_else(runs):
    run, found = runs["looked"]
    assert run.code == 2, run.output[-3000:]
    assert run.mutating == []
    assert found["drifted"] is True
    assert properties(changed_by(found)) == runs["drift"]
    assert found["totals"]["delete"] == 2 and {ADDED, STALE} <= changed_by(found).keys()
    assert found["orphans"] == []
    assert "somebody" in run.output


def test_what_is_as_declared_is_in_step(runs, look):
    run, found = look("--limit", "logs,registry")
    assert (run.code, found.get("orphans")) == (0, []), run.output[-3000:]
    assert found["drifted"] is False
    assert "In step" in run.output
    assert run.mutating == []


def test_in_a_converged_environment_only_what_no_component_declares_is_found(runs, account, look):
    with orphans(account.client) as made:
        run, found = look()
    assert run.code == 2, run.output[-3000:]
    assert changed_by(found) == {}
    assert {one["id"] for one in found["orphans"]} == made
    assert "no component declares" in run.output
    assert run.mutating == []


def test_what_is_missing_is_found_with_a_limit(runs, account, look):
    logs = account.client("logs")
    group = logs.describe_log_groups()["logGroups"][-1]["logGroupName"]
    logs.delete_log_group(logGroupName=group)
    run, found = look("--limit", "logs,registry")
    assert run.code == 2, run.output[-3000:]
    assert [key for key in changed_by(found) if key[0] == "log_group"] == [("log_group", group)]
    assert found["totals"]["create"] == 1
    assert set(found["components"]) <= {"logs", "registry", "environment"}


def test_an_error_is_no_drift(account, look):
    account.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    try:
        run, found = look()
    finally:
        account.environment["AWS_ENDPOINT_URL"] = account.url
    assert run.code == 1
    assert found == {}
