"""What a run shows while it runs."""

from __future__ import annotations

import io
import sys
import threading

from ansible_collections.groundwork.aws.plugins.plugin_utils.progress import Progress
from ansible_collections.groundwork.aws.plugins.plugin_utils.rendering import counts
from ansible_collections.groundwork.aws.plugins.plugin_utils.screen import Screen


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def progress() -> tuple[Progress, Clock]:
    clock = Clock()
    made = Progress(lambda totals: counts(totals, False), clock)
    made.begin("foundation")
    return made, clock


def made(action: str) -> dict:
    return {"type": "vpc", "name": "qa", "action": action, "changes": []}


def test_a_component_that_is_done_has_a_line_with_counts_and_seconds():
    shown, clock = progress()
    shown.step("network", "Keep the VPC")
    clock.now = 7
    shown.touched("network", made("create"))
    shown.touched("network", made("update"))
    shown.done("network")
    [(line, failed)] = shown.finished()
    assert line.split() == ["network", "1", "created", "7", "s", "foundation"]
    assert not failed


def test_a_component_with_nothing_to_tell_has_none():
    shown, clock = progress()
    shown.step("network", "Gate")
    clock.now = 1
    shown.done("network")
    assert shown.finished() == []


def test_a_failed_component_says_so():
    shown, _ = progress()
    shown.step("network", "Keep the VPC")
    shown.done("network", failed=True)
    [(line, failed)] = shown.finished()
    assert "FAILED" in line
    assert failed


def test_live_lines_name_the_step_its_seconds_and_its_attempt():
    shown, clock = progress()
    shown.step("database", "Wait")
    shown.attempt("database", 3)
    clock.now = 65
    [line] = shown.lines(80, 5)
    assert " ".join(line.split()) == "database Wait (65 s, attempt 3)"
    assert len(shown.lines(20, 5)[0]) == 20


def test_more_hosts_than_fit_are_counted():
    shown, _ = progress()
    for number in range(9):
        shown.step(f"host-{number}", "Wait")
    lines = shown.lines(80, 4)
    assert len(lines) == 4
    assert lines[-1].strip() == "... and 6 more"


def test_a_long_step_gives_a_sign_of_life_once_in_a_while():
    shown, clock = progress()
    shown.step("database", "Wait")
    clock.now = 29
    assert shown.late(30) == []
    clock.now = 31
    assert len(shown.late(30)) == 1
    assert shown.late(30) == []
    clock.now = 62
    assert "62 s" in shown.late(30)[0]


def test_changing_lines_make_room_for_what_others_write(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    screen = Screen(threading.RLock(), lambda: ["doing", "something"], interval=60)
    screen.start()
    screen._draw()
    print("[WARNING]: told in between")
    screen._draw()
    screen.stop()
    assert sys.stdout is out
    erased = "\x1b[2A\r\x1b[J"
    lines = "doing\nsomething\n"
    assert out.getvalue() == f"{lines}{erased}[WARNING]: told in between\n{lines}{erased}"
