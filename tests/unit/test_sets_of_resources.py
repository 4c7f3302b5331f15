"""A module that keeps several resources tells of each, and plans what is not known yet."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.observation import Observation
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import KEY

ALARMS = [{"name": "cpu", "threshold": 80}, {"name": "disk", "threshold": 90}]
DOWN = {"name": "down", "rule": "FALSE"}
HEADER = {"before_header": "", "type": "metric_alarm"}
MODULE = "groundwork.aws.cloudwatch_alarms"


def task(action=MODULE, check=True, **args):
    told = {"action": action, "resolved_action": None, "no_log": False, "vars": {}}
    return SimpleNamespace(**told, check_mode=check, args=args)


def told(diff):
    one = task(alarms=[*ALARMS, DOWN])
    Observation(one, None).after({"changed": bool(diff), "diff": diff})
    return [(r["type"], r["name"], r["action"], r["changes"]) for r in one.vars[KEY]]


def test_each_resource_has_its_own_action():
    changed = {
        **HEADER,
        "after_header": "cpu",
        "before": {"threshold": 1},
        "after": {"threshold": 80},
    }
    made = {**HEADER, "after_header": "disk", "before": {}, "after": {"threshold": 90}}
    gone = {**HEADER, "after_header": "old", "before": {"threshold": 5}, "after": {}}
    assert told([changed, made, gone]) == [
        ("metric_alarm", "cpu", "update", [{"property": "threshold", "before": 1, "after": 80}]),
        (
            "metric_alarm",
            "disk",
            "create",
            [{"property": "threshold", "before": None, "after": 90}],
        ),
        ("metric_alarm", "old", "delete", []),
        ("composite_alarm", "down", "unchanged", []),
    ]


def test_what_is_as_asked_is_counted_one_by_one():
    assert [(name, action) for _, name, action, _ in told([])] == [
        ("cpu", "unchanged"),
        ("disk", "unchanged"),
        ("down", "unchanged"),
    ]


@pytest.mark.parametrize(
    ("action", "check", "plans"),
    [(MODULE, True, True), (MODULE, False, False), ("groundwork.aws.log_group", True, False)],
)
def test_only_in_a_plan_and_only_where_its_module_can_a_task_keeps_placeholders(
    action, check, plans
):
    one = task(action, check, alarms=ALARMS, name="x")
    assert Observation(one, None).plans_unknown() is plans
