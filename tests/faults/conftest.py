"""The end states that runs reach where nothing goes wrong."""

from __future__ import annotations

import fcntl
import pickle
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.end_state import end_state
from tests.provisioning.conftest import Account

GO = ("-e", "destroy=qa")


def healthy_run(folder: Path) -> dict[str, Counter]:
    """What a healthy provision, and then a healthy destroy, leave."""
    account = Account(folder)
    ends = {}
    try:
        for playbook, arguments in (("provision", ()), ("destroy", GO)):
            account.succeed(playbook, "qa", *arguments)
            ends[playbook] = end_state(account)
    finally:
        account.stop()
    return ends


@pytest.fixture(scope="session")
def healthy_ends(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Counter]:
    """The same for all workers: the first makes the runs, the others wait for it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    kept = shared / "healthy.pickle"
    with (shared / "healthy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(healthy_run(tmp_path_factory.mktemp("healthy"))))
    return pickle.loads(kept.read_bytes())


@pytest.fixture
def healthy(healthy_ends: dict[str, Counter]) -> Counter:
    """What a healthy provision leaves."""
    return healthy_ends["provision"]
