"""A saved plan is applied as long as it is true, and refused with what moved when it is not."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ONLY = ("--limit", "state,logs")
GROUP = "/milky-way-admin-panel/qa/api"


@pytest.fixture(scope="module")
def story(account, tmp_path_factory):
    """A plan, a move of the world, the refusal; a new plan, its application, the old one again."""
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    saved = ("-e", f"plan_file={path}")
    runs = {"plan": account.play("provision", "qa", *ONLY, "--check", *saved)}
    account.client("logs").create_log_group(logGroupName=GROUP)
    runs["moved"] = account.play("provision", "qa", *ONLY, *saved)
    runs["another"] = account.play("provision", "qa", "--limit", "logs", *saved)
    runs["plan again"] = account.play("provision", "qa", *ONLY, "--check", *saved)
    runs["applied"] = account.play("provision", "qa", *ONLY, *saved)
    runs["twice"] = account.play("provision", "qa", *ONLY, *saved)
    return runs


def test_a_plan_says_how_to_apply_it(story):
    assert story["plan"].code == 0, story["plan"].output[-3000:]
    assert "The plan is in" in story["plan"].output


def test_a_plan_of_a_world_that_moved_is_refused_with_what_moved(story):
    moved = story["moved"]
    assert moved.code != 0
    assert "The world moved since" in moved.output
    assert f"{GROUP}: create in the plan, update now" in moved.output
    assert moved.mutating == []


def test_a_plan_of_another_run_is_refused(story):
    another = story["another"]
    assert another.code != 0
    assert "--limit: state,logs in the plan, logs now" in another.output
    assert another.mutating == []


def test_a_plan_that_is_true_is_done(story):
    applied = story["applied"]
    assert applied.code == 0, applied.output[-3000:]
    assert applied.plan["totals"]["create"] == story["plan again"].plan["totals"]["create"] > 0
    assert "is not what" not in applied.output


def test_a_plan_is_not_done_twice(story):
    twice = story["twice"]
    assert twice.code != 0
    assert "create in the plan, nothing to do now" in twice.output
    assert twice.mutating == []
