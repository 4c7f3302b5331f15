"""Which release serves, and which one a rollback goes to."""

import importlib.util
from pathlib import Path

import pytest

PLUGIN = "collections/ansible_collections/groundwork/aws/plugins/filter/releases.py"


@pytest.fixture(scope="module")
def releases():
    path = Path(__file__).parents[2] / PLUGIN
    specification = importlib.util.spec_from_file_location("releases", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def records(*lines):
    """Records from lines such as "r1 good", oldest first."""
    found = {}
    for minute, line in enumerate(lines):
        release, verdict = line.split(maxsplit=1)
        when = f"2026-11-21T02:{minute:02}:00Z"
        found[release] = {"release": release, "verdict": verdict, "when": when}
    return found


@pytest.mark.parametrize(
    ("lines", "current", "target"),
    [
        ((), None, None),
        (("r1 good",), "r1", None),
        (("r1 good", "r2 good"), "r2", "r1"),
        (("r1 good", "r2 bad"), "r1", "r1"),
        (("r1 good", "r2 bad", "r3 good"), "r3", "r1"),
        (("r1 bad",), None, None),
        (("r0 good", "r1 good", "r2 unfinished"), "r1", "r1"),
        (("r0 good", "r2 rolled back", "r1 good"), "r1", "r0"),
        (("r2 rolled back", "r1 good"), "r1", None),
    ],
)
def test_choice(releases, lines, current, target):
    told = records(*lines)
    assert releases.current_release(told).get("release") == current
    assert releases.rollback_release(told).get("release") == target


def test_newest_first(releases):
    told = releases.newest_releases(records("r1 good", "r2 bad"))
    assert [record["release"] for record in told] == ["r2", "r1"]


def test_the_table_says_what_serves_and_where_a_rollback_goes(releases):
    told = records("r1 good", "r2 bad", "r3 good")
    told["r2"].update(reason="The host app-1 did not get healthy", who="ann")
    told["r3"].update(images={"api": "1.dkr.ecr/api@sha256:" + "a" * 64}, commit="c" * 40)
    lines = releases.release_table(told)
    assert [line.split()[0] for line in lines if line[0] != " "] == ["release", "r3", "r2", "r1"]
    assert "good, serves" in lines[1]
    assert f"api@{'a' * 12}" in lines[1]
    assert lines[3].strip() == "The host app-1 did not get healthy"
    assert "rollback goes here" in lines[4]
    assert len(releases.release_table(told, 1)) == 2


def test_without_a_release_the_table_says_what_to_do(releases):
    assert "playbooks/deploy.yml" in releases.release_table({})[0]


def test_hosts_are_named_by_the_release_that_serves_on_them(releases):
    slots = {
        "app-2": {
            "active": "blue",
            "slots": {"blue": {"release": "r3"}, "green": {"release": "r1"}},
        },
        "app-1": {"active": "green", "slots": {"green": {"release": "r3"}}},
        "app-3": {"active": "none", "slots": {}},
        "app-4": {"unreachable": True},
    }
    where = releases.releases_on(slots)
    assert where == {"r3": ["app-1", "app-2"]}
    lines = releases.release_table(records("r1 good", "r3 good"), where=where)
    assert lines[2].strip() == "on app-1, app-2"


def test_isolated_are_the_hosts_of_failures_since_the_last_success(releases):
    told = records("r1 bad", "r2 good", "r3 bad", "r4 bad")
    for release, instance in (("r1", "i-1"), ("r3", "i-3"), ("r4", "i-4")):
        told[release]["isolated"] = [instance]
    assert releases.isolated_instances(told) == ["i-3", "i-4"]
    assert releases.isolated_instances(records("r1 good")) == []
