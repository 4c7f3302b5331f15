"""Which properties differ: before, after, tags, secrets, and what only looks different."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.changes import (
    alike,
    differences,
    told,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Found, Kind

THING = Kind("thing")


def changed(args, found=None, hidden=False):
    items = differences(THING, args, found, hidden)
    return {item["property"]: (item["before"], item["after"]) for item in items}


def test_only_what_the_arguments_name_is_compared():
    found = Found("x", {"size": 1, "colour": "red"})
    assert changed({"name": "x", "size": 2, "state": "present"}, found) == {"size": (1, 2)}


def test_what_does_not_exist_gets_all_that_is_asked():
    args = {"name": "x", "size": 2, "wait": True, "tags": {"Owner": "a"}}
    assert changed(args) == {"size": (None, 2), "tags.Owner": (None, "a")}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("30", 30),
        (30, "30"),
        ("yes", True),
        (False, False),
        (True, "true"),
        ('{"a": 1}', {"a": 1}),
        ({"a": "1"}, {"a": 1, "b": 2}),
        (["b", "a"], ["a", "b"]),
    ],
)
def test_what_only_looks_different_is_no_change(asked, found):
    assert changed({"property": asked}, Found("x", {"property": found})) == {}


def test_a_placeholder_differs_from_what_is_there():
    found = Found("x", {"groups": ["sg-1"]})
    after = ["(known after apply)"]
    assert changed({"groups": after}, found) == {"groups": (["sg-1"], after)}
    assert alike("(known after apply)", True) == "(known after apply)"


def test_each_tag_is_a_property():
    found = Found("x", {}, {"Owner": "a", "Old": "1", "Same": "s", "aws:x": "1", "Name": "x"})
    args = {"tags": {"Owner": "b", "New": "2", "Same": "s"}}
    assert changed(args, found) == {
        "tags.New": (None, "2"),
        "tags.Old": ("1", None),
        "tags.Owner": ("a", "b"),
    }


def test_tags_that_are_not_purged_stay():
    found = Found("x", {}, {"Old": "1"})
    assert changed({"tags": {}, "purge_tags": False}, found) == {}
    assert changed({"purge_tags": True}, found) == {}


def test_secrets_are_named_and_not_shown():
    args = {"master_user_password": "hunter2", "callback": {"host_config_key": "k", "url": "u"}}
    assert changed(args) == {
        "master_user_password": (None, "(sensitive)"),
        "callback": (None, {"host_config_key": "(sensitive)", "url": "u"}),
    }


def test_a_hidden_task_shows_no_value():
    found = Found("x", {"size": 1})
    assert changed({"size": 2}, found, hidden=True) == {"size": ("(sensitive)", "(sensitive)")}


def test_a_modules_own_diff_is_told_by_property():
    diff = {
        "before": {"size": 1, "tags": {"Owner": "a", "Same": "s"}},
        "after": {"size": 2, "tags": {"Owner": "b", "Same": "s"}},
    }
    assert told(THING, diff, False) == [
        {"property": "size", "before": 1, "after": 2},
        {"property": "tags.Owner", "before": "a", "after": "b"},
    ]
