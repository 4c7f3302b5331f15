"""A restore drill's record says what it took, and what the checks said."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible_collections.groundwork.aws.plugins.filter import drills

PROGRAM = "roles/database_rotation/files/groundwork_database_user.py"
BEGUN = 1795341600  # 2026-11-22T10:00:00Z
ITEMS = {"name": "items", "value": 3, "passed": True}


def record(**more: Any) -> dict[str, Any]:
    given = {"begun": str(BEGUN), "ended": str(BEGUN + 754), "moment": "2026-11-22T09:55:30Z",
             "source": "shop-qa-database", "checks": [ITEMS]}  # fmt: skip
    return drills.drill_record(given | more)


def test_recovery_time_and_point_are_measured_from_the_beginning() -> None:
    made = record()
    assert made["started"] == "2026-11-22T10:00:00Z"
    assert (made["recovery_time"], made["recovery_point"]) == (754, 270)
    assert (made["verdict"], made["reason"]) == ("ok", "")


def test_a_check_that_does_not_pass_fails_the_drill() -> None:
    made = record(checks=[ITEMS, {"name": "orders", "value": 0, "passed": False}])
    assert made["verdict"] == "failed"
    assert made["reason"] == "checks that did not pass: orders"


def test_a_drill_that_came_to_nothing_has_no_figures() -> None:
    made = record(ended="", moment="", checks=[], reason="no such snapshot")
    assert (made["recovery_time"], made["recovery_point"]) == (None, None)
    assert made["verdict"] == "failed"
    assert drills.drill_table([made])[-1] == "    no such snapshot"


def test_the_table_tells_each_check() -> None:
    head, line, check = drills.drill_table([record()])
    assert head.startswith("started (UTC)")
    assert "12m 34s" in line and "4m 30s" in line and "1 of 1" in line
    assert check == "    ok  items: 3"


def test_snapshots_come_newest_first_with_their_release() -> None:
    def one(name: str, taken: str, **tags: str) -> dict[str, Any]:
        return {"db_snapshot_identifier": name, "snapshot_create_time": taken, "tags": {},
                "tag_list": [{"key": key, "value": value} for key, value in tags.items()],
                "allocated_storage": 20, "snapshot_type": "manual"}  # fmt: skip

    new = one("new", "2026-11-21T10:00:00+00:00", Release="qa-1")
    told = drills.snapshot_table([one("old", "2026-11-20T10:00:00+00:00"), new])
    assert told[1].split() == ["new", "2026-11-21", "10:00:00", "20", "GiB", "manual", "qa-1"]
    assert told[2].startswith("old")


def test_the_instance_that_is_used_comes_first_and_a_restored_one_says_of_what() -> None:
    restored = {"RestoredFrom": "shop", "RestoredTo": "2026-11-21T10:00:00Z"}
    found = [{"db_instance_identifier": name, "db_instance_status": "available", "tags": tags}
             for name, tags in (("a", restored), ("shop", {}))]  # fmt: skip
    told = drills.instance_table(found, "shop")
    assert told[1].startswith("shop") and told[1].endswith("the application uses it")
    assert told[2].endswith("shop at 2026-11-21T10:00:00Z")


@pytest.mark.parametrize(("tags", "found"), [({"A": "1"}, 1), ({"A": "1", "B": "2"}, 0)])
def test_only_what_carries_all_of_the_tags_is_ours(tags: dict[str, str], found: int) -> None:
    resources = [{"tags": {"A": "1", "C": "3"}}, {"tags": None}]
    assert len(drills.tagged_with(resources, tags)) == found


@pytest.fixture(scope="module")
def program() -> Any:
    # The driver is there on hosts only.
    for name in ("psycopg2", "psycopg2.extensions"):
        sys.modules.setdefault(name, MagicMock())
    path = Path(__file__).parents[2] / PROGRAM
    spec = importlib.util.spec_from_file_location("groundwork_database_user", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("check", "value", "passed"),
    [
        ({"min": 1}, 1, True),
        ({"min": 1}, 0, False),
        ({"min": 1}, None, False),
        ({"max": 5}, 6, False),
        ({"min": 1, "max": 5}, 3, True),
        ({"equals": 3}, 3, True),
        ({"equals": "shipped"}, "open", False),
        ({}, "anything", True),
        ({}, None, False),
    ],
)
def test_a_check_says_what_it_expects(program: Any, check: dict, value: Any, passed: bool) -> None:
    assert program.passed(check, value) is passed
