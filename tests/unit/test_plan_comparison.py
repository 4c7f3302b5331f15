"""In what a saved plan and the world as it is now differ."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import comparison, plan_files
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import Plan
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_text import NotAPlan

UNKNOWN = "(known after apply)"


def resource(action: str, *changes: tuple, name: str = "qa") -> dict:
    told = [{"property": p, "before": b, "after": a} for p, b, a in changes]
    return {"type": "vpc", "name": name, "action": action, "changes": told}


def plan(*resources: dict, host: bool = False, **facts) -> dict:
    made = Plan(check=True, **facts)
    for one in resources:
        made.add("network", one, host)
    return plan_files.as_read(made.to_dict())


def test_equal_plans_differ_in_nothing():
    one = plan(resource("create", ("cidr", None, "10.0.0.0/16")), resource("unchanged", name="b"))
    assert comparison.resources(one, one) == []


@pytest.mark.parametrize(
    ("saved", "now", "told"),
    [
        ([resource("create")], [], "create in the plan, nothing to do now"),
        ([], [resource("delete")], "not in the plan, delete now"),
        ([resource("create")], [resource("update")], "create in the plan, update now"),
        (
            [resource("update", ("size", 1, 2))],
            [resource("update", ("size", 3, 2))],
            "size: 1 -> 2 in the plan, 3 -> 2 now",
        ),
        (
            [resource("update", ("size", 1, 2))],
            [resource("update", ("size", 1, 2), ("name", "a", "b"))],
            "name: untouched in the plan, a -> b now",
        ),
    ],
)
def test_what_moved_is_named(saved, now, told):
    [line] = comparison.resources(plan(*saved), plan(*now))
    assert line.startswith("network: vpc qa: ")
    assert told in line


def test_what_was_unknown_may_be_anything_now():
    saved = plan(resource("create", ("id", None, UNKNOWN), name=UNKNOWN))
    now = plan(resource("create", ("id", None, "vpc-1"), name="vpc-1"))
    assert comparison.resources(saved, now) == []
    assert comparison.resources(saved, plan(resource("delete", name="vpc-1"))) != []


def test_a_host_that_is_new_stands_for_all_that_is_done_on_it():
    saved, now = Plan(check=True), Plan()
    new = {"type": "host", "name": "app-2", "action": "create", "changes": []}
    for made in (saved, now):
        made.add("localhost", new, host=True)
    for name in ("app-1", "app-2"):
        now.add(name, resource("create"), host=True)
    [line] = comparison.resources(*(plan_files.as_read(made.to_dict()) for made in (saved, now)))
    assert line == "app-1: vpc qa: not in the plan, create now"


def test_two_resources_without_a_name_stay_two():
    saved = plan(resource("create", name=UNKNOWN), resource("create", name=UNKNOWN))
    assert saved["totals"]["create"] == 2
    assert len(comparison.resources(saved, plan(resource("create", name="vpc-1")))) == 1


def test_a_new_file_and_a_changed_one_are_told_apart_only_by_diff():
    saved, now = plan(resource("create"), host=True), plan(resource("update"), host=True)
    assert comparison.resources(saved, now) == []
    assert comparison.resources(saved, plan(resource("delete"), host=True)) != []


def test_another_environment_operation_or_commit_is_named():
    saved = plan(environment="qa", operation="provision", commit="a" * 40)
    now = {**saved, "environment": "prod", "commit": "b" * 40}
    told = comparison.facts(saved, now)
    assert [line.split(":")[0] for line in told] == ["environment", "git commit"]
    assert "qa in the plan, prod now" in told[0]


def test_a_plan_is_written_for_its_owner_only_and_read_back(tmp_path):
    made = plan(resource("create"), environment="qa")
    path = tmp_path / "plan.json"
    plan_files.write(str(path), made)
    assert path.stat().st_mode & 0o777 == 0o600
    assert plan_files.read(str(path)) == made
    assert [one.name for one in tmp_path.iterdir()] == ["plan.json"]


def test_a_missing_plan_is_one_clear_message(tmp_path):
    with pytest.raises(NotAPlan, match="There is no plan .*nope.json"):
        plan_files.read(str(tmp_path / "nope.json"))


def test_a_place_that_cannot_take_a_plan_is_named_before_the_work(tmp_path):
    assert "there is no folder" in plan_files.trouble_writing(str(tmp_path / "none" / "p.json"))
    assert "is a folder" in plan_files.trouble_writing(str(tmp_path))
    assert plan_files.trouble_writing(str(tmp_path / "p.json")) is None
