"""What is asked ahead holds only where nobody else had the lock since."""

from __future__ import annotations

import os
import time

import pytest
from ansible import constants
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import ahead, store

FOUND = {"path": "p", "epoch": 7, "answers": {"q": "a"}}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("path", "lock", "holds"),
    [
        ("p", None, True),  # a plan takes no lock
        ("p", {"watch": False, "epoch": 8}, True),
        ("p", {"watch": False, "epoch": 9}, False),  # somebody had it in between
        ("p", {"watch": True, "epoch": 0}, False),  # there is no lock yet
        ("other", None, False),
    ],
)
def test_answers_hold_where_nobody_had_the_lock_since(path, lock, holds):
    assert ahead.holding(FOUND, path, lock) == (FOUND["answers"] if holds else {})


def test_without_a_known_epoch_no_run_relies_on_it():
    assert ahead.holding({**FOUND, "epoch": None}, "p", {"watch": False, "epoch": 1}) == {}
    assert ahead.holding({}, "p", None) == {}


def test_who_looks_waits_for_the_child(folder):
    def ask():
        time.sleep(0.3)
        return FOUND

    ahead.begin(ask)
    assert ahead.told() == FOUND
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_child_that_fails_tells_nothing(capfd):
    ahead.begin(lambda: 1 / 0)
    assert ahead.told() == {}
    os.wait()
    assert capfd.readouterr() == ("", "")


def test_the_epoch_of_the_last_run_is_kept_beside_the_traces(tmp_path):
    path = tmp_path / "traces" / "shop-qa-0.json"
    assert store.read_epoch(path) is None
    store.write_epoch(path, 12)
    assert store.read_epoch(path) == 12
    path.with_suffix(".epoch").write_text("?")
    assert store.read_epoch(path) is None
