"""What is known of a release's migrations."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.filter.migrations import (
    applied_migrations,
    crossed_migrations,
    migration_classes,
    pending_migrations,
)

STATUS = """2 migrations found in prisma/migrations
Following migrations have not yet been applied:
20260901120000_create_items
20260915120000_add_item_release

To apply migrations in production run prisma migrate deploy.
"""


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


def classed(sql):
    return migration_classes(f"== prisma/migrations/1_a/migration.sql\n{sql}\n")["1_a"]


@pytest.mark.parametrize(
    "sql",
    [
        'DROP TABLE "Item";',
        'ALTER TABLE "Item" DROP COLUMN "name";',
        'ALTER TABLE "Item" RENAME COLUMN "name" TO "title";',
        'ALTER TABLE "Item" ALTER COLUMN "name" TYPE INTEGER;',
        'ALTER TABLE "Item" ALTER COLUMN "name"\n  SET DATA TYPE INTEGER;',
        'ALTER TABLE "Item" ALTER COLUMN "name" SET NOT NULL;',
        'truncate "Item";',
    ],
)
def test_what_takes_away_is_contracting(sql):
    assert classed(sql) == "contracting"


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE TABLE "Item" ("id" SERIAL NOT NULL);',
        'ALTER TABLE "Item" ADD COLUMN "name" TEXT;',
        'ALTER TABLE "Item" ALTER COLUMN "name" DROP NOT NULL;',
        "-- DROP TABLE later\nSELECT 1;",
        "/* DROP TABLE\n later */ SELECT 1;",
    ],
)
def test_what_only_adds_is_expanding(sql):
    assert classed(sql) == "expanding"


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "Item" RENAME "name" TO "title";',
        'ALTER TABLE "Item" DROP "name";',
        'DROP MATERIALIZED VIEW "Items";',
        'ALTER TABLE "Item" ADD COLUMN "name" TEXT NOT NULL;',
    ],
)
def test_other_forms_that_break_the_release_before_are_contracting(sql):
    assert classed(sql) == "contracting"


def test_a_marker_decides_either_way():
    assert classed('-- groundwork: expanding\nDROP TABLE "Unused";') == "expanding"
    assert classed("-- groundwork: contracting\nSELECT 1;") == "contracting"


def test_each_file_has_its_own_class():
    files = "== m/1_a/migration.sql\nSELECT 1;\n== m/2_b/migration.sql\nDROP TABLE a;\n"
    assert migration_classes(files) == {"1_a": "expanding", "2_b": "contracting"}
    assert migration_classes("") == {}


def test_contracting_migrations_that_the_target_does_not_know_are_crossed():
    current = {"migrations": {"1_a": "contracting", "2_b": "expanding", "3_c": "contracting"}}
    assert crossed_migrations(current, {"migrations": {"1_a": "contracting"}}) == ["3_c"]
    assert crossed_migrations(current, current) == []
    assert crossed_migrations({}, {}) == []
