"""What a plan tells of a deployment."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.filter.announced import (
    applied_migrations,
    image_changes,
    pending_migrations,
)

RUNS = """
services:
  api:
    image: 1.dkr.ecr/qa-api@sha256:aaa
    environment: {APP_RELEASE: qa-1}
  web:
    image: 1.dkr.ecr/qa-web@sha256:www
"""
WANTED = {"api": "1.dkr.ecr/qa-api@sha256:bbb", "web": "1.dkr.ecr/qa-web@sha256:www"}
STATUS = """2 migrations found in prisma/migrations
Following migrations have not yet been applied:
20260901120000_create_items
20260915120000_add_item_release

To apply migrations in production run prisma migrate deploy.
"""


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


def test_pending_migrations_are_named():
    assert pending_migrations(STATUS) == [
        "20260901120000_create_items",
        "20260915120000_add_item_release",
    ]
    assert pending_migrations("Database schema is up to date!") == []


def test_a_status_that_tells_nothing_is_unknown():
    assert pending_migrations("P1001: Can't reach database server") is None


def test_applied_migrations_are_read_from_the_deploy():
    assert applied_migrations("Applying migration `a_b`\nAll done") == ["a_b"]


def test_applied_migrations_are_read_from_the_list_too():
    listed = "have been applied:\n\nmigrations/\n  └─ 1_a/\n    └─ migration.sql\n  └─ 2_b/\n"
    assert applied_migrations(f"Applying migration `1_a`\n{listed}") == ["1_a", "2_b"]


def test_pending_migrations_beside_foreign_ones():
    told = (
        "The last common migration is: 1_a\n\nThe migration have not yet been applied:\n3_c\n\n"
        "The migrations from the database are not found locally in prisma/migrations:\n2_b\n"
    )
    assert pending_migrations(told) == ["3_c"]
