"""What the dashboard of an environment shows, and its picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml
from ansible_collections.groundwork.aws.plugins.filter.alarms import alarms
from ansible_collections.groundwork.aws.plugins.filter.dashboard import WIDTH, dashboard
from ansible_collections.groundwork.aws.plugins.modules.cloudwatch_dashboard import by_title
from test_alarms import LISTED, PUBLISHED

ROOT = Path(__file__).parents[2]
ROWS = yaml.safe_load((ROOT / "group_vars/operations.yml").read_text())["dashboard_rows"]
WHERE = {
    "region": "us-east-1",
    "account": "123456789012",
    "services": ["api", "web"],
    "log_groups": ["/shop/qa/api", "/shop/qa/web"],
}


def drawn(published=PUBLISHED, rows=ROWS):
    rung = alarms(LISTED, published, "shop-qa", "")
    body = dashboard(rows, published, rung, WHERE)
    return {widget["properties"]["title"]: widget for widget in body["widgets"]}


def test_every_metric_of_an_alarm_is_on_the_dashboard():
    """Whoever is called at night finds what it is about. A certificate's end needs no graph."""
    shown = {
        (line[0], line[1])
        for widget in drawn().values()
        for line in widget["properties"].get("metrics", [])
    }
    listed = {
        (one["namespace"], metric)
        for name, one in LISTED.items()
        if one.get("watches") not in ("certificate", "replica", "backup_vault", None)
        for metric in one.get("metrics", {"": one.get("metric")}).values()
        if name != "instance_status"
    }
    assert listed - shown == set()


def test_the_rows_fill_the_grid_and_no_widget_covers_another():
    taken = set()
    for widget in drawn().values():
        assert widget["x"] + widget["width"] <= WIDTH
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken, widget["properties"]["title"]
        taken |= cells
    assert {x for x, _ in taken} == set(range(WIDTH))


def test_a_graph_shows_where_the_alarm_rings():
    lines = drawn()["Connections of the database"]["properties"]["annotations"]["horizontal"]
    assert [line["value"] for line in lines] == [90]


def test_each_host_has_a_line_with_its_name():
    lines = drawn()["CPU of hosts, percent"]["properties"]["metrics"]
    assert [line[2:4] + [line[-1]["label"]] for line in lines] == [
        ["InstanceId", "i-1", "app-1"],
        ["InstanceId", "i-2", "app-2"],
    ]


def test_error_lines_are_counted_by_service():
    lines = drawn()["Error lines in logs"]["properties"]["metrics"]
    assert [line[1] for line in lines] == ["ErrorLines-api", "ErrorLines-web"]


def test_deploys_are_marked_on_an_axis_of_their_own():
    lines = drawn()["Requests, and deploys"]["properties"]["metrics"]
    assert [line[1] for line in lines if line[-1].get("yAxis") == "right"] == [
        "Deploys",
        "FailedDeploys",
    ]


def test_what_an_environment_lacks_has_no_widget():
    without = {name: one for name, one in PUBLISHED.items() if name != "cache"}
    assert not [title for title in drawn(without) if "cache" in title]


def test_two_widgets_of_one_title_are_two():
    widget = {"type": "metric", "properties": {"title": "Requests"}}
    assert len(by_title({"widgets": [widget, {**widget, "x": 1}]})) == 2


def test_the_picture_is_drawn_from_the_definition():
    done = subprocess.run(
        [sys.executable, "scripts/dashboard-picture", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
