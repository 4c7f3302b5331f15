"""A fault that passes is met by running the module again; any other is not."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import retries


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        ({"failed": True, "error": {"code": "RequestLimitExceeded"}}, "throttled by AWS"),
        ({"failed": True, "error": {"code": "ThrottlingException"}}, "throttled by AWS"),
        ({"failed": True, "error": {"code": "InternalFailure"}}, "AWS failed"),
        ({"failed": True, "response_metadata": {"http_status_code": 503}}, "AWS failed"),
        (
            {"failed": True, "msg": "x: Connection was closed before we received a valid response"},
            "the connection to AWS was lost",
        ),
        (
            {"failed": True, "msg": "An error occurred (Throttling) when calling the A operation"},
            "throttled by AWS",
        ),
        (
            {"failed": True, "msg": "wrapped", "exception": ["caused by ConnectionClosedError"]},
            "the connection to AWS was lost",
        ),
        ({"failed": True, "error": {"code": "DependencyViolation"}}, None),
        ({"failed": True, "msg": "Could not connect to the endpoint URL"}, None),
        ({"failed": True, "msg": "the value is wrong"}, None),
        ({"msg": "Throttling"}, None),
    ],
)
def test_what_passes(result, fault):
    assert retries.transient(result) == fault


def test_it_is_run_again_until_it_works_and_says_so():
    throttled = {"failed": True, "error": {"code": "Throttling"}}
    results, said, slept = iter([throttled, throttled, {"changed": True}]), [], []
    done = retries.retrying(lambda: next(results), retries.transient, said.append, 8, slept.append)
    assert done == {"changed": True}
    assert [line.rpartition(" (")[2] for line in said] == ["1 of 8)", "2 of 8)"]
    assert said[0] == f"throttled by AWS: asking again in {slept[0]:.1f} s (1 of 8)"


def test_it_gives_up_with_the_last_failure():
    throttled = {"failed": True, "error": {"code": "Throttling"}}
    slept: list[float] = []
    assert (
        retries.retrying(lambda: throttled, retries.transient, lambda _: None, 3, slept.append)
        == throttled
    )
    assert len(slept) == 3


def test_pauses_grow_with_jitter_and_end():
    for attempt, (least, most) in {1: (0.5, 1), 3: (2, 4), 10: (10, 20)}.items():
        pauses = {retries.pause(attempt) for _ in range(50)}
        assert len(pauses) > 40
        assert least <= min(pauses) and max(pauses) <= most
