"""The lock: who gets it, when it ends, what cannot take it away."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils.lock import (
    Found,
    Lease,
    NotHeld,
    TableMissing,
)
from lock_table import Clock, Table


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def table(clock):
    return Table(clock)


def test_a_free_lock_is_taken_and_a_held_one_is_not(table):
    first = table.lock().acquire("one", {"user": "alice"}, 120)
    assert isinstance(first, Lease)
    assert first.epoch == 1
    second = table.lock().acquire("two", {"user": "bob"}, 120)
    assert isinstance(second, Found)
    assert second.run == "one"
    assert second.holder["user"] == "alice"


def test_the_epoch_rises_with_every_holder(table):
    epochs = []
    for run in ("one", "two", "three"):
        lease = table.lock().acquire(run, {}, 120)
        epochs.append(lease.epoch)
        assert table.lock().release(run, lease.epoch)
    assert epochs == [1, 2, 3]


def test_a_lease_is_over_for_its_holder_before_another_run_may_take_it(table, clock):
    clock.now += 0.7  # between two of AWS's seconds
    lock, other = table.lock(), table.lock()
    lease = lock.acquire("one", {}, 6)
    taken_at = None
    while taken_at is None:
        clock.now += 0.1
        if isinstance(other.acquire("two", {}, 6), Lease):
            taken_at = clock.now
    assert lease.deadline < taken_at
    assert taken_at - lease.deadline < 3


def test_a_holder_whose_lease_ended_does_not_hold_it_though_nobody_took_it(table, clock):
    lock = table.lock()
    lease = lock.acquire("one", {}, 6)
    lock.verify("one", lease.epoch)
    clock.now += 7
    with pytest.raises(NotHeld):
        lock.verify("one", lease.epoch)


def test_a_renewal_lengthens_the_lease_of_its_holder_only(table, clock):
    lock = table.lock()
    lease = lock.acquire("one", {}, 6)
    clock.now += 4
    lock.renew("one", lease.epoch, 6)
    clock.now += 4
    lock.verify("one", lease.epoch)
    with pytest.raises(NotHeld):
        table.lock().renew("two", lease.epoch, 6)
    with pytest.raises(NotHeld):
        table.lock().renew("one", lease.epoch + 1, 6)


def test_of_two_that_look_at_once_the_slower_one_writes_nothing(table):
    slow, fast = table.lock(), table.lock()
    table.before_write = lambda: fast.acquire("fast", {}, 120)
    assert slow.acquire("slow", {}, 120).run == "fast"
    assert table.item["run"] == {"S": "fast"}


def test_a_write_whose_answer_was_lost_is_known_again(table):
    table.lose_answer = True
    lease = table.lock().acquire("one", {}, 120)
    assert isinstance(lease, Lease)
    assert lease.run == "one"


def test_a_release_between_a_look_and_a_renewal_is_done_again(table):
    lock = table.lock()
    lease = lock.acquire("one", {}, 120)

    def renewed():
        table.clock.now += 1
        lock.renew("one", lease.epoch, 120)

    table.before_write = renewed
    assert lock.release("one", lease.epoch)
    assert "run" not in table.item


def test_who_lost_the_lock_does_not_release_the_next_ones(table, clock):
    lock = table.lock()
    lease = lock.acquire("one", {}, 6)
    clock.now += 10
    table.lock().acquire("two", {}, 120)
    assert not lock.release("one", lease.epoch)
    assert table.item["run"] == {"S": "two"}


def test_a_broken_lock_is_free_and_its_holder_learns_why(table):
    lock = table.lock()
    lease = lock.acquire("one", {"user": "alice"}, 120)
    was = table.lock().break_({"user": "bob", "reason": "stuck"})
    assert was.holder["user"] == "alice"
    with pytest.raises(NotHeld) as lost:
        lock.renew("one", lease.epoch, 120)
    assert lost.value.found.note["reason"] == "stuck"
    assert table.lock().acquire("two", {}, 120).epoch == lease.epoch + 2


def test_where_nobody_holds_it_nothing_is_broken(table):
    assert not table.lock().break_({"reason": "stuck"}).run
    assert table.item is None


def test_a_missing_table_is_told_apart(table):
    table.there = False
    lock = table.lock()
    assert not lock.has_table()
    for call in (lock.read, lambda: lock.acquire("one", {}, 6), lambda: lock.renew("one", 1, 6)):
        with pytest.raises(TableMissing):
            call()


def test_a_table_that_is_being_made_counts_as_there(table):
    assert table.lock().has_table()
