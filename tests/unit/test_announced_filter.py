"""What a plan tells of a deployment."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.filter.announced import image_changes

RUNS = """
services:
  api:
    image: 1.dkr.ecr/qa-api@sha256:aaa
    environment: {APP_RELEASE: qa-1}
  web:
    image: 1.dkr.ecr/qa-web@sha256:www
"""
WANTED = {"api": "1.dkr.ecr/qa-api@sha256:bbb", "web": "1.dkr.ecr/qa-web@sha256:www"}


def test_digests_that_change_are_told_old_and_new():
    assert image_changes(RUNS, WANTED, "qa-2") == [
        {"property": "release", "before": "qa-1", "after": "qa-2"},
        {"property": "api", "before": "sha256:aaa", "after": "sha256:bbb"},
    ]


def test_a_first_deployment_has_nothing_before():
    changes = image_changes("", WANTED, "qa-2")
    assert [change["property"] for change in changes] == ["release", "api", "web"]
    assert {change["before"] for change in changes} == {None}


def test_a_service_that_is_no_longer_wanted_loses_its_image():
    changes = image_changes(RUNS, {"web": WANTED["web"]}, "qa-1")
    assert changes == [{"property": "api", "before": "sha256:aaa", "after": None}]
