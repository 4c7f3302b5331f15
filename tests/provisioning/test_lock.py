"""One run at a time in an environment: who wins, who waits, who lets go, who must not go on."""

from __future__ import annotations

import signal
import time

import pytest
from holding import Holder, forget, holder, item

from tests.waiting import until

pytestmark = pytest.mark.slow
SHORT = ("-e", "lock_lease=6s")


@pytest.fixture
def hold(account, tmp_path):
    """A function that starts a run which holds the lock, or wants to; all are gone at the end."""
    begun: list[Holder] = []

    def start(*arguments: str, env: str = "qa") -> Holder:
        run = Holder(account, tmp_path / f"{tmp_path.name}-{len(begun)}", *arguments, env=env)
        begun.append(run)
        return run

    yield start
    for run in begun:
        if run.process.poll() is None:
            run.kill()
    for env in {run.env for run in begun}:
        forget(account, env)


def has_ended(account) -> bool:
    """Whether the lock's lease has ended."""
    return time.time() * 1000 > int(item(account)["lease_until"]["N"])


def test_a_second_run_is_told_who_holds_the_lock_and_what_to_type(account, hold, monkeypatch):
    monkeypatch.setitem(account.environment, "CI_JOB_URL", "https://ci.example/jobs/7")
    first = hold().ready()
    code, output = hold().end()
    assert code != 0
    assert f"(process {first.process.pid}, https://ci.example/jobs/7)" in output
    assert "milky-way-admin-panel qa is locked by provision of" in output
    assert "-e lock_wait=10m" in output
    assert "playbooks/unlock.yml -i inventories/qa -e reason=" in output
    first.go()
    assert first.end()[0] == 0
    assert first.stepped()
    assert not holder(account)


def test_a_run_that_could_not_give_the_lock_back_does_not_take_it(account, hold, monkeypatch):
    monkeypatch.setitem(account.environment, "ANSIBLE_CALLBACKS_ENABLED", "ansible.posix.timer")
    code, output = hold().end()
    assert code != 0
    assert "The callback groundwork.aws.run is not enabled" in output
    assert "Nothing was changed" in output


def test_of_six_runs_at_once_one_takes_the_lock(account, hold):
    runs = [hold() for _ in range(6)]
    winner = next(iter(_first_ready(runs)))
    losers = [run for run in runs if run is not winner]
    told = [run.end() for run in losers]
    assert all(code != 0 for code, _ in told)
    assert all(f"(process {winner.process.pid})" in output for _, output in told)
    winner.go()
    assert winner.end()[0] == 0
    assert [run.stepped() for run in losers] == [False] * 5


def _first_ready(runs):
    def ready():
        return [run for run in runs if (run.folder / "ready").exists()]

    until(ready, "one of them holding the lock")
    return ready()


def test_runs_that_wait_take_it_one_after_the_other(account, hold):
    first = hold().ready()
    before = int(item(account)["epoch"]["N"])
    waiting = [hold("-e", "lock_wait=9m") for _ in range(3)]
    for run in waiting:
        run.go()
        run.waiting()
    first.go()
    ended = [run.end() for run in [first, *waiting]]
    assert [code for code, _ in ended] == [0] * 4, ended
    assert all(
        "Waiting for the lock (0s of 9m): milky-way-admin-panel qa is locked by provision of"
        in run.said()
        for run in waiting
    )
    assert int(item(account)["epoch"]["N"]) == before + 3


def test_waiting_has_an_end(account, hold):
    hold().ready()
    code, output = hold("-e", "lock_wait=3s").end()
    assert code != 0
    assert "Waited 3s, in vain." in output


def test_the_lock_of_a_run_that_was_killed_is_free_when_its_lease_ends(account, hold):
    killed = hold("-e", "lock_lease=40s").ready()
    killed.kill()
    code, output = hold().end()
    assert code != 0 and "is locked by provision" in output
    after = hold("-e", "lock_wait=3m")
    after.go()
    assert after.end()[0] == 0


def test_a_lease_is_renewed_while_its_run_lives(account, hold):
    run = hold(*SHORT).ready()
    time.sleep(9)
    code, output = hold().end()
    assert code != 0 and "is locked by provision" in output
    run.go()
    assert run.end()[0] == 0


@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its group"])
@pytest.mark.parametrize("gate", ["true", "false"], ids=["at a gate", "at a module"])
def test_a_run_that_was_stopped_past_its_lease_takes_no_further_step(account, hold, group, gate):
    run = hold(*SHORT, "-e", f"my_gate={gate}").ready()
    run.signal(signal.SIGSTOP, group)
    until(lambda: has_ended(account), "the end of its lease")
    time.sleep(1)
    run.go()
    run.signal(signal.SIGCONT, group)
    code, output = run.end()
    assert code != 0
    assert "no longer holds the lock of milky-way-admin-panel qa" in output
    assert not run.stepped()


@pytest.mark.parametrize("gate", ["true", "false"], ids=["at a gate", "at a module"])
def test_nor_when_another_run_has_taken_the_lock_meanwhile(account, hold, gate):
    run = hold(*SHORT, "-e", f"my_gate={gate}").ready()
    run.signal(signal.SIGSTOP)
    other = hold("-e", "lock_wait=3m").ready()
    run.go()
    run.signal(signal.SIGCONT)
    code, output = run.end()
    assert code != 0
    assert "no longer holds the lock" in output
    assert not run.stepped()
    assert holder(account), "the one that lost it released the other's lock"
    other.go()
    assert other.end()[0] == 0
    assert other.stepped()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_releases_the_lock(account, hold, number):
    run = hold().ready()
    run.signal(number)
    code, output = run.end()
    assert code != 0
    assert "The lock of milky-way-admin-panel qa is released" in output
    assert not holder(account)


def test_a_failed_run_releases_the_lock(account, hold):
    run = hold("-e", "my_fail=true").ready()
    run.go()
    assert run.end()[0] != 0
    assert not holder(account)


def test_a_check_run_takes_no_lock_and_needs_none(account, hold):
    hold().ready()
    plan = account.play("provision", "qa", "--check", "--limit", "keys")
    assert plan.code == 0, plan.output[-2000:]
    assert [c for c in plan.calls if c["service"] == "dynamodb" and c["mutating"]] == []


def test_two_environments_do_not_meet(account, hold):
    qa, prod = hold().ready(), hold(env="prod").ready()
    assert holder(account, "qa") != holder(account, "prod")
    for run in (qa, prod):
        run.go()
        assert run.end()[0] == 0


def test_a_run_that_skips_its_beginning_changes_nothing(account, hold):
    run = hold("--start-at-task", "Take a step", "-e", "my_gate=false")
    code, output = run.end()
    assert code != 0
    assert "has not taken the environment's lock" in output
    assert not run.stepped()
