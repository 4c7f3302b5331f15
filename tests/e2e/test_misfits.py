"""Deploys of an application other than the example, which misbehaves: misfit/api/server.mjs.

Whatever it does, one release serves in the end, and no request fails but those that a release
itself answers badly.
"""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import release_of
from tests.e2e.runs import play
from tests.e2e.watcher import watching

pytestmark = [pytest.mark.lab, pytest.mark.long]
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


def test_one_that_starts_slowly_is_waited_for(misfits, fetch):
    slow = misfits.build(LISTENS_AFTER="20")
    with watching(fetch) as (watcher,):
        misfits.deploy(slow)
    assert watcher.failures == []
    assert watcher.releases[-1] == slow


def test_one_that_cuts_its_requests_when_it_is_ended_has_none_left_by_then(misfits, fetch):
    cutting = misfits.build(ON_TERM="cuts")
    misfits.deploy(cutting)
    with watching(fetch, "/api/slow", "/api/slow", "/api/slow", "/api/release") as watchers:
        misfits.deploy(misfits.build())
    assert [one.failures for one in watchers] == [[]] * 4


def test_one_that_does_not_end_is_ended(misfits, fetch, environment):
    misfits.deploy(misfits.build(ON_TERM="stays"))
    with watching(fetch) as (watcher,):
        misfits.deploy(misfits.build())
    assert watcher.failures == []
    assert "RUNS TOO" not in play(environment, "playbooks/status.yml")


@pytest.mark.parametrize(
    ("behaviour", "more", "reason"),
    [
        ({"ILL_AFTER": "0"}, {"compose_deploy_wait": 20}, "not healthy within 20 seconds"),
        ({"ENDS_AFTER": "1"}, {}, "as it was asked to"),
        ({"ILL_AFTER": "30"}, {"deploy_watch": 45}, "500"),
        ({"OUTSIDE": "fails"}, {"deploy_verify_wait": 10}, "but not through the balancer"),
    ],
    ids=["never healthy", "a crash loop", "ill after 30 seconds", "ill only through the balancer"],
)
def test_a_bad_release_ends_with_the_one_before(misfits, fetch, behaviour, more, reason):
    told = misfits.refused(misfits.build(**behaviour), "-e", json.dumps(more))
    assert reason in told, told[-3000:]
    assert {release_of(fetch) for _ in range(20)} == {misfits.serving}


def test_a_registry_out_of_reach_changes_nothing(misfits, fetch, environment, on_host):
    name = misfits.build()
    before = "cp /etc/hosts /run/hosts.kept"
    on_host(f"{before}; (echo 127.0.0.9 {REGISTRY}; cat /run/hosts.kept) >/etc/hosts")
    try:
        with watching(fetch) as (watcher,):
            told = misfits.refused(name)
    finally:
        on_host("cat /run/hosts.kept >/etc/hosts")
    assert "dkr.ecr" in told, told[-3000:]
    assert set(watcher.releases) == {misfits.serving}
    assert watcher.failures == []
