"""Tables of runs and outputs, as people read them; records, as programs do."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.filter.runs import (
    newest_runs,
    output_table,
    run_table,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils import record

GOOD = {
    "operation": "deploy",
    "started": "2026-11-21T05:10:34Z",
    "duration": 125.2,
    "verdict": "ok",
    "totals": {"create": 3, "update": 0, "delete": 1, "unchanged": 40},
    "user": "alice",
    "host": "desk",
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "dirty": True,
    "failed": [],
}


def test_a_run_is_a_line():
    head, line = run_table([GOOD])
    assert head.split()[:2] == ["started", "(UTC)"]
    wanted = ["2026-11-21 05:10:34", "deploy", "ok", "2m 5s", "+3 -1", "alice on desk"]
    places = [line.index(word) for word in [*wanted, "01234567 (dirty)"]]
    assert places == sorted(places)


def test_a_failure_and_a_reason_stand_below_their_run():
    failed = {**GOOD, "verdict": "failed", "failed": [{"host": "api", "message": "no disk"}]}
    unlock = {"operation": "unlock", "reason": "stuck", "held_by": "deploy of bob on ci"}
    lines = run_table([failed, unlock])
    assert lines[2] == "    api: no disk"
    assert lines[4] == "    stuck (it was held by deploy of bob on ci)"


def test_an_empty_history_says_so():
    assert run_table([]) == ["No run has left a record yet."]


def test_the_newest_comes_first():
    records = {
        "20261121T05": {"run": "a"},
        "20261121T07": {"run": "c"},
        "20261121T06": {"run": "b"},
    }
    assert [one["run"] for one in newest_runs(records)] == ["c", "b", "a"]


def test_outputs_are_lines_of_component_name_and_value():
    lines = output_table({"network": {"vpc_id": "vpc-1", "ids": ["a", "b"]}, "cache": {"port": 1}})
    assert [line.split(maxsplit=2) for line in lines[1:]] == [
        ["cache", "port", "1"],
        ["network", "ids", '["a", "b"]'],
        ["network", "vpc_id", "vpc-1"],
    ]


def test_a_record_is_found_by_its_time():
    assert record.key(1795237834.9, "abc") == "runs/20261121T051034Z-abc.json"
    assert record.key(1795237834, "z") < record.key(1795237835, "a")


def test_a_record_says_who_when_and_how_it_ended():
    taken = {"run": "abc", "epoch": 7, "started": 1795237834.0, "holder": {"user": "alice"}}
    kept = record.record(taken, {"operation": "deploy"}, 61.04, "ok")
    assert (kept["started"], kept["finished"]) == ("2026-11-21T05:10:34Z", "2026-11-21T05:11:35Z")
    assert (kept["user"], kept["epoch"], kept["duration"]) == ("alice", 7, 61.0)
    assert (kept["operation"], kept["verdict"]) == ("deploy", "ok")


def test_a_message_is_one_line_and_told_once_a_host():
    long = {"host": "a", "task": "t", "message": "word " * 300}
    twice = [{"host": "b", "task": task, "message": "no\n  disk"} for task in ("up", "Fail")]
    told = record.short([long, *twice])
    assert [one["host"] for one in told] == ["a", "b"]
    assert len(told[0]["message"]) == 500
    assert told[1]["message"] == "no disk"


def test_a_folder_without_git_has_no_commit(tmp_path):
    assert record.commit(tmp_path) == ("", False)
