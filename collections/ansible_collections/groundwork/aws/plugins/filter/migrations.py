# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What is known of a release's migrations: which are pending, which were applied, and which ones leave no way back."""

from __future__ import annotations

import re
from typing import Any

EXPANDING = "expanding"
CONTRACTING = "contracting"

PENDING = re.compile(r"have not yet been applied:\s*\n((?:[^\S\n]*\S.*\n?)+)")
# A line as it begins, and one in the list at the end: which of them is printed depends on the version and the terminal.
APPLIED = re.compile(r"Applying migration `([^`]+)`|└─ ([^/\s]+)/$", re.M)
CURRENT = re.compile(r"schema is up to date", re.I)
FILE = re.compile(r"^== \S*?([^/\s]+)/[^/\s]+$\n?", re.M)
MARKED = re.compile(rf"^\s*--\s*groundwork:\s*({EXPANDING}|{CONTRACTING})\b", re.M | re.I)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
# What the code of the release before may still use, or may break it: PostgreSQL's ALTER TABLE, DROP and TRUNCATE.
TAKES_AWAY = re.compile(
    r"\bdrop\s+(table|column|type|(materialized\s+)?view|schema|sequence|function)\b|\bdrop\s+\""
    r"|\brename\s|\balter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\b|\bset\s+not\s+null\b|\btruncate\b",
    re.I,
)
# A new column that must be given: what the release before inserts does not have it.
DEMANDS = re.compile(r"\badd\s+(column\s+)?(?!constraint)[^,;]*?\bnot\s+null\b[^,;]*", re.I)

GIVEN = re.compile(r"\bdefault\b|\bgenerated\b|\bserial\b|\bidentity\b", re.I)


def pending_migrations(output: str) -> list[str] | None:
    """Names of the migrations that `prisma migrate status` calls pending; None where it does not tell."""
    found = PENDING.search(output)
    if found:
        return [line.strip() for line in found[1].splitlines() if line.strip()]
    return [] if CURRENT.search(output) else None


def applied_migrations(output: str) -> list[str]:
    """Names of the migrations that `prisma migrate deploy` applied."""
    return list(dict.fromkeys(begun or listed for begun, listed in APPLIED.findall(output)))


def migration_classes(files: str) -> dict[str, str]:
    """The class of each migration. `files` holds its SQL after a line `== FOLDER/NAME/FILE`.

    Contracting takes away what the release before may use: after it there is no way back. A line
    `-- groundwork: expanding` (or contracting) in the file decides; without one it is read from the SQL.
    """
    parts = FILE.split(files)[1:]
    classes = {}
    for name, sql in zip(parts[::2], parts[1::2], strict=True):
        marked = MARKED.search(sql)
        plain = COMMENT.sub(" ", sql)
        demands = any(not GIVEN.search(found[0]) for found in DEMANDS.finditer(plain))
        takes_away = TAKES_AWAY.search(plain) or demands
        classes[name] = marked[1].lower() if marked else CONTRACTING if takes_away else EXPANDING
    return classes


def crossed_migrations(current: dict[str, Any], target: dict[str, Any]) -> list[str]:
    """Contracting migrations that release record `current` brought and `target` does not know."""
    brought, known = current.get("migrations") or {}, target.get("migrations") or {}
    if not isinstance(brought, dict) or not isinstance(known, dict):
        return []
    return sorted(
        name for name, kind in brought.items() if kind == CONTRACTING and name not in known
    )


class FilterModule:
    """Filters about migrations."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "applied_migrations": applied_migrations,
            "crossed_migrations": crossed_migrations,
            "migration_classes": migration_classes,
            "pending_migrations": pending_migrations,
        }
