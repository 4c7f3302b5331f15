"""The keeper renews while its run lives and runs, and at no other time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import keeper, processes
from ansible_collections.groundwork.aws.plugins.plugin_utils.lock_files import LockFiles
from lock_table import Clock, Table

from tests.waiting import until


@pytest.fixture
def run():
    """A process that stands for ansible-playbook."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def kept(run, tmp_path):
    """A lock that was taken for 6 seconds, its keeper, clock, table and files."""

    class Kept:
        clock = Clock()
        table = Table(clock)
        files = LockFiles(tmp_path / "lock")

        def __init__(self, watch: bool = False) -> None:
            self.files.folder.mkdir()
            self.lock = self.table.lock(keeper.locks.Lock)  # a program of its own has its own
            deadline, epoch = self.clock.now + 6, 0
            if not watch:
                lease = self.lock.acquire("one", {}, 6)
                deadline, epoch = lease.deadline, lease.epoch
            self.task = {
                "run": "one",
                "epoch": epoch,
                "lease": 6,
                "watch": watch,
                "deadline": deadline,
                "parent": {"pid": run.pid, "start": processes.started(run.pid)},
            }
            self.keeper = keeper.Keeper(self.lock, self.files, self.task, self.clock.ticks)

        def live(self, seconds: float) -> bool:
            """Let time go by in small steps, until the keeper ends."""
            for _ in range(round(seconds * 2)):
                self.clock.now += 0.5
                if not self.keeper.step():
                    return False
            return True

    return Kept


def stop(process):
    process.send_signal(signal.SIGSTOP)
    until(lambda: processes.condition(process.pid, processes.started(process.pid)) == "stopped")


def test_the_lease_of_a_run_that_lives_does_not_end(kept):
    one = kept()
    assert one.live(60)
    one.lock.verify("one", 1)
    assert one.files.read("lease")["deadline"] > one.clock.now + 3


def test_it_renews_every_third_of_the_lease(kept):
    one, seen = kept(), set()
    for _ in range(120):
        one.live(0.5)
        seen.add(one.table.item["lease_until"]["N"])
    assert 25 <= len(seen) <= 31


def test_a_run_that_was_killed_is_not_released_and_its_keeper_ends(kept, run):
    one = kept()
    run.kill()
    run.wait()
    assert not one.keeper.step()
    assert one.table.item["run"] == {"S": "one"}
    assert one.files.read("lost") is None


def test_a_stopped_run_loses_its_lock_when_the_lease_ends_and_not_before(kept, run):
    one = kept()
    stop(run)
    assert one.live(5)
    assert not one.live(3)
    assert one.files.read("lost")["kind"] == "lease"
    assert "while ansible-playbook was stopped" in one.files.read("lost")["why"]


def test_a_run_that_goes_on_before_the_end_keeps_its_lock(kept, run):
    one = kept()
    stop(run)
    assert one.live(5)
    run.send_signal(signal.SIGCONT)
    while processes.condition(run.pid, processes.started(run.pid)) == "stopped":
        time.sleep(0.01)
    assert one.live(20)
    assert one.files.read("lost") is None


def test_a_keeper_that_was_stopped_itself_does_not_renew_what_has_ended(kept):
    one = kept()
    one.clock.now += 30
    until = one.table.item["lease_until"]
    assert not one.keeper.step()
    assert one.table.item["lease_until"] == until
    assert one.files.read("lost")["kind"] == "lease"


def test_a_renewal_that_took_longer_than_the_lease_does_not_bring_it_back(kept, monkeypatch):
    one = kept()
    renew = one.lock.renew

    def slow(*arguments):
        lease = renew(*arguments)
        one.clock.now += 30
        return lease

    monkeypatch.setattr(one.lock, "renew", slow)
    assert not one.live(4)
    assert one.files.read("lost")["kind"] == "lease"


def test_a_network_that_comes_back_in_time_costs_nothing(kept, monkeypatch):
    one, tries = kept(), []
    renew = one.lock.renew

    def broken(*arguments):
        tries.append(one.clock.now)
        if len(tries) < 4:
            raise ConnectionError("no route")
        return renew(*arguments)

    monkeypatch.setattr(one.lock, "renew", broken)
    assert one.live(5)
    assert len(tries) >= 4
    assert one.files.read("lost") is None


def test_a_network_that_stays_away_ends_the_lease_and_is_named(kept, monkeypatch):
    one = kept()

    def broken(*arguments):
        raise ConnectionError("no route")

    monkeypatch.setattr(one.lock, "renew", broken)
    assert not one.live(7)
    assert "could not be renewed: ConnectionError: no route" in one.files.read("lost")["why"]


def test_a_lock_that_was_taken_away_is_lost_with_its_reason(kept):
    one = kept()
    kept.table.lock().break_({"user": "bob", "host": "desk", "reason": "stuck"})
    assert not one.live(4)
    assert one.files.read("lost") == {"kind": "taken", "why": "bob on desk took it away: «stuck»"}


def test_a_deleted_table_ends_the_lock_in_its_own_way(kept):
    one = kept()
    one.table.there = False
    assert not one.live(4)
    assert one.files.read("lost")["kind"] == "table"


def test_a_watcher_goes_on_while_there_is_no_table_and_stops_with_one(kept):
    kept.table.there = False
    one = kept(watch=True)
    assert one.live(30)
    one.table.there = True
    assert not one.live(3)
    assert one.files.read("lost")["why"] == "another run has begun, and made its table"


def test_what_was_lost_once_stays_lost(tmp_path):
    files = LockFiles(tmp_path / "lock")
    files.lose("lease", "first")
    assert files.lose("taken", "second") == {"kind": "lease", "why": "first"}


def test_a_process_is_known_by_its_start_not_by_its_number_alone():
    start = processes.started(os.getpid())
    assert processes.condition(os.getpid(), start) == "running"
    assert processes.condition(os.getpid(), "another time") == "gone"


def test_without_proc_ps_tells_the_same(monkeypatch, run, tmp_path):
    monkeypatch.setattr(processes, "_PROC", tmp_path / "none")
    start = processes.started(run.pid)
    assert start
    assert processes.condition(run.pid, start) == "running"
    run.send_signal(signal.SIGSTOP)
    until(lambda: processes.condition(run.pid, start) == "stopped")
    run.kill()
    run.wait()
    assert processes.condition(run.pid, start) == "gone"


def test_the_keeper_makes_its_client_when_it_first_asks(monkeypatch):
    made = []
    monkeypatch.setattr(keeper, "client", lambda task: made.append(task) or FakeTable())
    lazy = keeper.Client({"table": "t"})
    assert made == []
    assert (lazy.get_item(), lazy.get_item(), len(made)) == ("item", "item", 1)


class FakeTable:
    def get_item(self) -> str:
        return "item"
