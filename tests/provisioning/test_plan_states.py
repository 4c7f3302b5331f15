"""The plan equals the change from half-made and drifted (from empty, converged: test_lifecycle)."""

from __future__ import annotations

import pytest
from deletions import delete_some
from drift import drift
from resource_sets import changed_by, mismatches, properties

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(account):
    """One environment: a tier of it, with holes; the whole; drifted."""

    def provision(*arguments: str):
        run = account.play("provision", "qa", *arguments)
        assert run.code == 0, run.output[-3000:]
        return run

    provision("--limit", "foundation")
    found = {"deleted": delete_some(account.client)}
    found["half-made"] = provision("--check"), provision()
    found["drift"] = drift(account.client)
    found["drifted"] = provision("--check", "--diff"), provision()
    return found


@pytest.mark.parametrize("state", ["half-made", "drifted"])
def test_what_the_plan_announces_is_what_the_run_changes(runs, state):
    announced, done = (changed_by(run.plan) for run in runs[state])
    assert mismatches(announced, done) == []


@pytest.mark.parametrize("state", ["half-made", "drifted"])
def test_a_plan_changes_nothing(runs, state):
    assert runs[state][0].mutating == []


def test_what_was_deleted_by_hand_is_made_again(runs):
    announced = changed_by(runs["half-made"][0].plan)
    made = {key for key, item in announced.items() if item["action"] == "create"}
    assert runs["deleted"] <= made


def test_what_stood_is_not_made_again(runs):
    announced = changed_by(runs["half-made"][0].plan)
    assert ("vpc", "milky-way-admin-panel-qa") not in announced
    table = announced["route_table", "milky-way-admin-panel-qa-private"]
    assert table["action"] == "update"
    assert {change["property"] for change in table["changes"]} == {"routes", "subnets"}


def test_drift_is_found_property_by_property_and_nothing_else(runs):
    announced = changed_by(runs["drifted"][0].plan)
    assert properties(announced) == runs["drift"]
    assert {item["action"] for item in announced.values()} == {"update"}


def test_a_plan_of_everything_names_the_hosts_that_are_not_there_yet(account):
    plan = account.play("../site", "prod", "--check")
    assert plan.code == 0, plan.output[-3000:]
    assert plan.mutating == []
    made = plan.plan["hosts"]["localhost"]["create"]
    hosts = [one["name"] for one in made if one["type"] == "host"]
    assert hosts == [f"milky-way-admin-panel-prod-app-{number}" for number in (1, 2)]
