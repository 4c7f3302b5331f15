"""What people type and read about a lock: durations, messages, who runs."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils import durations, lock_words
from ansible_collections.groundwork.aws.plugins.plugin_utils.holder import ci_url, holder

HOLDER = {
    "operation": "deploy",
    "user": "alice",
    "host": "build-7",
    "pid": 4711,
    "ci_url": "https://ci.example/jobs/7",
    "started": 1795237834,
}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("10m", 600), ("1h", 3600), ("45", 45), (30, 30), ("1.5m", 90), (" 2 M ", 120)],
)
def test_a_duration_is_a_number_with_its_unit(written, seconds):
    assert durations.seconds(written) == seconds


@pytest.mark.parametrize("written", ["", "ten minutes", "10 min", "-5m", "1h30m", "10d", "m"])
def test_anything_else_is_refused_with_what_may_be_written(written):
    with pytest.raises(ValueError, match="is not a duration. Write .* 90s, 10m or 1h"):
        durations.seconds(written)


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [(0, "0s"), (45.4, "45s"), (125, "2m 5s"), (3600, "1h"), (4230, "1h 10m")],
)
def test_a_duration_is_told_in_two_units_at_most(seconds, spoken):
    assert durations.spoken(seconds) == spoken


def test_a_held_lock_names_its_holder_and_what_to_type():
    told = lock_words.refused("shop qa", HOLDER, 1795237954.2, "inventories/qa", "")
    assert told.startswith(
        "shop qa is locked by deploy of alice on build-7 (process 4711, https://ci.example/jobs/7) "
        "since 2026-11-21 05:10:34 UTC, until 2026-11-21 05:12:34 UTC"
    )
    assert "Nothing was changed" in told
    assert "-e lock_wait=10m" in told
    assert "playbooks/unlock.yml -i inventories/qa -e reason='...'" in told


@pytest.mark.parametrize(
    ("holder", "note", "ours", "why"),
    [
        ({}, {}, True, "its lease ended at 2026-11-21 05:12:34 UTC"),
        (HOLDER, {}, False, "it is held by deploy of alice on build-7"),
        (
            {},
            {"user": "bob", "host": "x", "reason": "stuck"},
            False,
            "bob on x took it away: «stuck»",
        ),
        ({}, {}, False, "another run has had it since"),
    ],
)
def test_a_lost_lock_says_how_it_was_lost(holder, note, ours, why):
    told = lock_words.lost("shop qa", lock_words.why_lost(holder, note, 1795237954, ours))
    assert why in told
    assert "It takes no further step" in told


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "o/r",
                "GITHUB_RUN_ID": "9",
            },
            "https://github.com/o/r/actions/runs/9",
        ),
        ({"CI_JOB_URL": "https://gitlab.example/j/1"}, "https://gitlab.example/j/1"),
        ({"GITHUB_RUN_ID": "9"}, ""),
        ({}, ""),
    ],
)
def test_the_address_of_a_ci_run_is_found_in_its_environment(variables, address):
    assert ci_url(variables) == address


def test_a_user_without_a_name_is_a_number(monkeypatch):
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert holder("deploy", 1, {})["user"].isdigit()
