"""The benchmark of deploys: its load, its phases, what it learns of a run."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.deploy import environment, run
from benchmarks.deploy.callback.switches import CallbackModule
from benchmarks.deploy.errors import Stop
from benchmarks.deploy.load import Load
from tests.unit.bench_load import LAB, SAMPLE, STREAM, switched
from tests.waiting import until


def test_the_callback_notes_the_switches_of_hosts(monkeypatch, tmp_path):
    monkeypatch.setenv("GROUNDWORK_BENCH_SWITCHES", str(tmp_path / "switches"))

    def result(action, seconds):
        return SimpleNamespace(
            result={"seconds": seconds},
            task=SimpleNamespace(resolved_action=action, action=action),
            host=SimpleNamespace(get_name=lambda: "app-1"),
        )

    plugin = CallbackModule()
    plugin.v2_runner_on_ok(result("groundwork.aws.compose_slots", {"start": 3.0, "switch": 0.1}))
    plugin.v2_runner_on_ok(result("groundwork.aws.compose_slots", {"drain": 1.0}))
    plugin.v2_runner_on_ok(result("ansible.builtin.pause", 3))
    [line] = (tmp_path / "switches").read_text().splitlines()
    told = json.loads(line)
    assert (told["host"], told["steps"]["start"]) == ("app-1", 3.0)
    assert abs(told["when"] - time.time()) < 60


def test_the_callbacks_of_a_run_stay_and_the_last_one_is_last():
    names = [one.strip() for one in environment.callbacks().split(",")]
    assert names[0] == "switches"
    assert names[-1] == "groundwork.aws.drift_exit"
    assert "groundwork.aws.run" in names


@pytest.fixture
def hey(monkeypatch, tmp_path):
    """A function that puts a shell script in hey's place."""

    def put(script: str) -> None:
        program = tmp_path / "bin/hey"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return put


def test_a_load_is_one_chunk_after_the_other(hey, tmp_path):
    hey(f"sleep 0.05; cat {SAMPLE}")
    load = Load([STREAM, STREAM], LAB, "qa.example", tmp_path / "body")
    with load:
        until(lambda: len(load.chunks) >= 4)
    assert {one.unanswered() for one in load.chunks} == {4}


def test_a_generator_that_does_not_run_is_no_quiet_phase(hey, tmp_path):
    hey("echo no such flag >&2; exit 2")
    with pytest.raises(Stop, match="no such flag"), Load([STREAM], LAB, "qa", tmp_path):
        pass


def test_after_an_exception_no_generator_is_left(hey, tmp_path):
    hey(f"echo $$ >{tmp_path}/pid; exec sleep 60")
    with pytest.raises(KeyboardInterrupt), Load([STREAM], LAB, "qa", tmp_path):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


class Environment:
    """An environment whose playbooks do what they should, but for `broken` ones."""

    hosts = {"app-1": "10.16.9.1"}

    def __init__(self, broken: str = "") -> None:
        self.serving, self.broken, self.commands = "old", broken, []
        self.yielded = []

    def releases(self, url, times):
        return {self.serving}

    def on_hosts(self, command):
        self.commands.append(command)

    def play(self, playbook, *extra, yields):
        self.yielded.append(yields)
        release = dict(one.split("=") for one in extra).get("release", "old")
        failed = release == "bad" or playbook == self.broken
        if not failed:
            self.serving = release
        return environment.Played(int(failed), 1.0, "output", [] if failed else switched(1.0))


@pytest.fixture
def benchmark(hey, monkeypatch, tmp_path):
    """A function that makes a benchmark of an environment, without its pauses."""
    hey(f"cat {SAMPLE}")
    monkeypatch.setattr(
        run, "time", SimpleNamespace(sleep=lambda _: None, monotonic=time.monotonic)
    )

    def make(place) -> run.Benchmark:
        return run.Benchmark(place, [STREAM], LAB, "qa", tmp_path, "url", "new", "bad", 20)

    return make


def test_the_phases_of_a_benchmark(benchmark):
    place = Environment()
    made = benchmark(place)
    made.run()
    loaded = ["warm-up", "quiet", "deploy", "rollback", "failing deploy", "proxy reload"]
    alone = ["deploy, no load", "rollback, no load"]
    assert [one.name for one in made.phases] == loaded + alone
    assert not any(one.problem for one in made.phases)
    assert [bool(one.requests()) for one in made.phases] == [True] * 6 + [False] * 2
    assert place.yielded == [True] * 3 + [False] * 2
    assert place.commands == ["systemctl reload haproxy.service"] * run.RELOADS


def test_after_a_deploy_that_failed_nothing_is_rolled_back(benchmark):
    made = benchmark(Environment(broken="deploy"))
    made.run()
    names = ["warm-up", "quiet", "deploy", "failing deploy", "proxy reload"]
    assert [one.name for one in made.phases] == names
    assert [one.name for one in made.phases if one.problem] == ["deploy"]


def test_two_releases_side_by_side_are_no_start(benchmark):
    place = Environment()
    place.releases = lambda url, times: {"old", "older"}
    with pytest.raises(Stop, match="old and older serve side by side"):
        benchmark(place).run()


def test_a_phase_that_ends_otherwise_is_a_problem(benchmark):
    made = benchmark(Environment(broken="rollback"))
    made.run()
    problems = {one.name: one.problem for one in made.phases if one.problem}
    assert problems["rollback"].startswith("playbooks/rollback.yml failed:\noutput")
    assert problems["failing deploy"] == "new serves, not old"
