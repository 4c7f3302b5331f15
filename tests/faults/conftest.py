"""The end state that a run reaches where nothing goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults.end_state import end_state
from tests.provisioning.conftest import Account

GO = ("-e", "destroy=qa")


@pytest.fixture(scope="session")
def healthy_ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Counter]]:
    """What a healthy provision, and then a healthy destroy, leave."""
    account = Account(tmp_path_factory.mktemp("healthy"))
    ends = {}
    for playbook, arguments in (("provision", ()), ("destroy", GO)):
        run = account.play(playbook, "qa", *arguments)
        assert run.code == 0, run.output[-4000:]
        ends[playbook] = end_state(account)
    yield ends
    account.stop()


@pytest.fixture
def healthy(healthy_ends: dict[str, Counter]) -> Counter:
    """What a healthy provision leaves."""
    return healthy_ends["provision"]
