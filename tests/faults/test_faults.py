"""Through a faulty endpoint a run reaches the same end state, without duplicates."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.end_state import end_state
from tests.faults.proxy import Proxy
from tests.provisioning.conftest import Account

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("mode", ["throttle", "fail", "cut", "lose", "slow"])
def test_the_end_state_is_the_same(healthy, mode, tmp_path):
    account = Account(tmp_path)
    proxy = Proxy(account.url, mode)
    account.environment["AWS_ENDPOINT_URL"] = proxy.url
    try:
        run = account.succeed("provision", "qa")
        assert mode == "slow" or proxy.faults > 10
        state = end_state(account)
        assert (state - healthy, healthy - state) == (Counter(), Counter())
        if mode in ("throttle", "lose"):
            assert "asking again in" in run.output
    finally:
        proxy.stop()
        account.stop()
