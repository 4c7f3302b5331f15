"""When who was at work, and what a run's length is made of."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import task_times
from ansible_collections.groundwork.aws.plugins.plugin_utils.timeline import Timeline, svg, text


@pytest.fixture
def run():
    """Network and keys side by side, then the database is made, then waited for."""
    now = [0.0]
    line = Timeline(lambda: now[0])

    def at(moment, act, *arguments):
        now[0] = float(moment)
        getattr(line, act)(*arguments)

    at(0, "play", "foundation")
    at(0, "start", "network", "Keep the VPC")
    at(1, "start", "keys", "Keep the key")
    at(3, "end", "keys")
    at(10, "end", "network")
    at(10, "play", "services")
    at(10, "start", "database", "Wait a little")
    at(11, "end", "database")
    at(11, "start", "database", "Keep the instance")
    at(20, "end", "database")
    at(20, "play", "awaited", True)
    at(20, "start", "network", "Keep the NAT gateways")
    at(20, "start", "database", "Wait until the database is available")
    at(60, "end", "network")
    at(100, "end", "database")
    return line


def test_the_critical_path_is_who_ended_last_in_each_play(run):
    told = [(leg.label, leg.host, leg.took) for leg in run.critical()]
    assert told == [
        ("foundation", "network", 10),
        ("services", "database", 10),
        ("awaited", "database", 80),
    ]


def test_the_text_has_a_line_for_each_and_marks_whom_the_run_waited_for(run):
    head, network, keys, database, path = text(run, 120)
    assert head.startswith("Timeline: 100 s")
    assert network.endswith("60 s, 40 s of it waiting  *") and "█" in network and "░" in network
    assert keys.endswith("2 s")
    assert database.endswith("90 s, 81 s of it waiting  *")
    assert path.endswith("foundation network 10 s, services database 10 s, awaited database 80 s")


@pytest.mark.parametrize("width", [40, 80, 120, 300])
def test_bars_begin_and_end_where_they_should(run, width):
    rows = text(run, width, blocks=False)[1:-1]
    bars = [row[27:] for row in rows]
    assert bars[0].startswith("#") and "-" in bars[0] and bars[2].startswith(" ")
    bar = rows[2][27:].rstrip(" *").split(" 90 s")[0]
    assert bar.endswith("-") and len(bar) <= max(10, min(60, width))


def test_a_run_without_a_task_has_none():
    assert text(Timeline(), 80) == []


def test_the_picture_is_sound(run):
    root = ElementTree.fromstring(svg(run))
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"network", "keys", "database", "100 s"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}rect"))) == 1 + 6


def test_tasks_are_added_up_over_hosts_and_what_runs_side_by_side_counts_once(run):
    head, wait, nat, vpc, instance, *others, between = task_times.text(run, 120)
    assert wait.split()[-4:] == ["80.00", "1", "80.00", "database"]
    assert "Keep the NAT gateways" in nat and "40.00" in nat
    assert "10.00" in vpc and "9.00" in instance and len(others) == 2
    assert between.endswith(" 0.00")


def test_time_without_a_task_is_told():
    now = [0.0]
    line = Timeline(lambda: now[0])
    line.play("foundation")
    for start, end in ((1, 3), (5, 6)):
        now[0] = start
        line.start("network", "Keep the VPC")
        now[0] = end
        line.end("network")
    _head, vpc, between = task_times.text(line, 80)
    assert vpc.split()[-4:] == ["3.00", "2", "2.00", "network"]
    assert between.endswith(" 3.00")
