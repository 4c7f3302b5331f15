"""Deploys whose controller is killed at moments of chance lose no request and end on one release.

GROUNDWORK_KILLS=50 kills fifty of them, GROUNDWORK_SEED=N repeats the moments of an earlier run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

import pytest

from tests.e2e.conftest import release_of
from tests.e2e.runs import BIN, ROOT, play
from tests.e2e.watcher import watching
from tests.waiting import PATIENCE

pytestmark = pytest.mark.lab
KILLS = int(os.environ.get("GROUNDWORK_KILLS", "3"))
SEED = int(os.environ.get("GROUNDWORK_SEED", time.time_ns() % 100_000))
# A short lease, so that the next run need not wait long for the lock of the one that was killed.
LOCK = ("-e", "lock_lease=5s", "-e", "lock_wait=1m")
# Seconds in which a deploy comes to its end, on a machine that is not too busy.
WHOLE = 25.0


def kill_after(seconds: float, environment, whole_group: bool, *arguments: str) -> int:
    """Start a playbook and kill it, alone or with its workers; its exit code."""
    run = subprocess.Popen(
        [str(BIN / "ansible-playbook"), "-i", "inventories/qa", *arguments, *LOCK],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        if whole_group:
            os.killpg(run.pid, signal.SIGKILL)
        else:
            run.kill()
        return run.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def two_releases(site, environment):
    """Two releases in ECR, neither of which serves."""
    names = [f"qa-kill-{int(time.time())}-{letter}" for letter in "ab"]
    for name in names:
        play(environment, "playbooks/build.yml", "-e", f"build_release={name}")
    return names


def test_killed_deploys_end_on_one_release_and_lose_no_request(two_releases, environment, fetch):
    moments = random.Random(SEED)
    before = release_of(fetch)
    codes = []
    with watching(fetch) as (watcher,):
        for number in range(KILLS):
            name = two_releases[number % 2]
            after, group = moments.uniform(3.0, WHOLE), moments.random() < 0.5
            deploy = ("playbooks/deploy.yml", "-e", f"release={name}")
            codes.append((round(after, 1), kill_after(after, environment, group, *deploy)))
        last = two_releases[KILLS % 2]
        play(environment, "playbooks/deploy.yml", "-e", f"release={last}", *LOCK)
    told = f"seed {SEED}, moments and exit codes {codes}"
    assert watcher.failures == [], told
    assert set(watcher.releases) <= {before, *two_releases}, told
    assert {code for _, code in codes} <= {0, -signal.SIGKILL}, told
    assert {release_of(fetch) for _ in range(20)} == {last}, told
    status = play(environment, "playbooks/status.yml")
    assert "RUNS TOO" not in status, told
    assert "lock: free" in status.lower(), status
