"""Killed again and again, and run again: the same end state, nothing twice, nothing left."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.conftest import GO
from tests.faults.end_state import end_state
from tests.faults.proxy import Proxy
from tests.provisioning.conftest import ROOT, Account
from tests.waiting import until

pytestmark = pytest.mark.slow
# A lease so short that the next run need not wait long for the lock of the one that was killed,
# and long enough for a busy machine to renew it.
LOCK = ("-e", "lock_lease=10s", "-e", "lock_wait=1m")
# Changes that a run comes to before it is killed, of about 120.
STEP = 11


def orphans(url: str) -> dict[int, str]:
    """The processes that outlived their killed run, by pid: they know its endpoint."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if place.name != str(os.getpid()) and url.encode() in (place / "environ").read_bytes():
                found[int(place.name)] = (place / "cmdline").read_text().replace("\0", " ")
    return found


def run_until_it_lives(proxy: Proxy, account: Account, playbook: str, *arguments: str) -> int:
    """Start the playbook until a run comes to its end; how many were killed before."""
    for number in range(30):
        with (account.folder / f"{playbook}-{number}.log").open("w+") as output:
            run = subprocess.Popen(
                [*account.command(playbook, "qa"), *LOCK, *arguments],
                cwd=ROOT,
                env=account.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            proxy.kill(run, STEP + number % 3, carried_out=number % 2 == 0)
            try:
                code = run.wait(timeout=300)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
                raise
            if code != -signal.SIGKILL:
                output.seek(0)
                assert code == 0, output.read()[-4000:]
                return number
    raise AssertionError("30 runs were killed")


def test_killed_at_every_few_changes(healthy_ends, tmp_path):
    account = Account(tmp_path)
    proxy = Proxy(account.url, "none")
    account.environment["AWS_ENDPOINT_URL"] = proxy.url
    try:
        for playbook, arguments in (("provision", ()), ("destroy", GO)):
            killed = run_until_it_lives(proxy, account, playbook, *arguments)
            assert killed > 3
            state, healthy = end_state(account), healthy_ends[playbook]
            assert (playbook, state - healthy, healthy - state) == (playbook, Counter(), Counter())
        until(lambda: not orphans(proxy.url), "every process of a killed run ends")
    finally:
        for process in orphans(proxy.url):
            os.kill(process, signal.SIGKILL)
        proxy.stop()
        account.stop()
