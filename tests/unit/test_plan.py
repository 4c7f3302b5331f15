"""A plan merges what tasks did to one resource, counts, and is read back."""

from __future__ import annotations

import json

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.place import merge
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import Plan
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_text import NotAPlan, parse


def resource(action: str, *changes: tuple, name: str = "app") -> dict:
    return {
        "type": "vpc",
        "name": name,
        "action": action,
        "changes": [{"property": p, "before": b, "after": a} for p, b, a in changes],
    }


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ("create", "update", "create"),
        ("create", "unchanged", "create"),
        ("unchanged", "update", "update"),
        ("unchanged", "unchanged", "unchanged"),
        ("update", "update", "update"),
        ("update", "unchanged", "update"),
        ("update", "delete", "delete"),
        ("delete", "create", "update"),
    ],
)
def test_two_tasks_on_one_resource_are_one_action(first, second, merged):
    assert merge(resource(first), resource(second))["action"] == merged


def test_what_came_and_went_in_one_run_is_not_announced():
    plan = Plan()
    plan.add("network", resource("create"))
    plan.add("network", resource("delete"))
    assert plan.is_converged()
    assert plan.totals()["unchanged"] == 0


def test_a_property_changed_twice_has_the_first_before_and_the_last_after():
    merged = merge(resource("update", ("size", 1, 2)), resource("update", ("size", 2, 3)))
    assert merged["changes"] == [{"property": "size", "before": 1, "after": 3}]


def test_a_property_changed_back_is_no_change():
    merged = merge(resource("update", ("size", 1, 2)), resource("update", ("size", 2, 1)))
    assert (merged["action"], merged["changes"]) == ("unchanged", [])


def test_a_replaced_resource_says_so():
    merged = merge(resource("delete"), resource("create"))
    assert merged["changes"][0]["property"] == "(replaced)"


def test_totals_count_components_and_hosts():
    plan = Plan(environment="qa")
    plan.add("network", resource("create"))
    plan.add("network", resource("unchanged", name="other"))
    plan.add("host-1", resource("update"), host=True)
    told = plan.to_dict()
    assert told["totals"] == {"create": 1, "update": 1, "delete": 0, "unchanged": 1}
    assert told["components"]["network"]["unchanged"] == 1
    assert [one["name"] for one in told["hosts"]["host-1"]["update"]] == ["app"]


def test_a_plan_is_read_back():
    plan = Plan(environment="qa", operation="provision", check=True)
    plan.add("network", resource("update", ("size", 1, 2)))
    told = plan.to_dict()
    assert parse(json.dumps(told), "p.json") == told


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no JSON"),
        ("[1]", "is not a plan"),
        ('{"version": 1}', "is not a plan"),
        ('{"version": 0, "components": {}, "totals": {}}', "format 0"),
        ('{"version": 1, "components": {}, "totals": {}}', "damaged"),
        ('{"version": 1, "components": [], "hosts": {}, "totals": {}, "finished": ""}', "damaged"),
        (
            '{"version": 1, "components": {"logs": {"create": [{"type": "vpc"}], "update": [],'
            ' "delete": []}}, "hosts": {}, "totals": {}, "finished": ""}',
            "damaged",
        ),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_its_name(text, message):
    with pytest.raises(NotAPlan, match=message) as caught:
        parse(text, "p.json")
    assert "p.json" in str(caught.value)
