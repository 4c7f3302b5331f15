# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a plan tells of a deployment: images that change, migrations that are pending or were applied."""

from __future__ import annotations

import re
from typing import Any

import yaml

PENDING = re.compile(r"have not yet been applied:\s*\n((?:[^\S\n]*\S.*\n?)+)")
# A line as it begins, and one in the list at the end: which of them is printed depends on the version and the terminal.
APPLIED = re.compile(r"Applying migration `([^`]+)`|└─ ([^/\s]+)/$", re.M)
CURRENT = re.compile(r"schema is up to date", re.I)


def _image(name: str | None) -> str | None:
    """An image as a plan shows it: the digest where it has one, without the registry's name."""
    return name.rpartition("@")[2] if name else None


def image_changes(project: str, images: dict[str, str], release: str) -> list[dict[str, Any]]:
    """Release and images of each service, before and after, where they differ.

    `project` is the text of the Compose project that runs now ("" where there is none), `images`
    maps a service to its new image.
    """
    services = (yaml.safe_load(project) or {}).get("services") or {} if project else {}
    told = [one.get("environment") or {} for one in services.values()]
    runs = next((one["APP_RELEASE"] for one in told if "APP_RELEASE" in one), None)
    changes = [{"property": "release", "before": runs, "after": release}]
    for name in sorted({**services, **images}):
        before = _image((services.get(name) or {}).get("image"))
        changes.append({"property": name, "before": before, "after": _image(images.get(name))})
    return [change for change in changes if change["before"] != change["after"]]


def pending_migrations(output: str) -> list[str] | None:
    """Names of the migrations that `prisma migrate status` calls pending; None where it does not tell."""
    found = PENDING.search(output)
    if found:
        return [line.strip() for line in found[1].splitlines() if line.strip()]
    return [] if CURRENT.search(output) else None


def applied_migrations(output: str) -> list[str]:
    """Names of the migrations that `prisma migrate deploy` applied."""
    return list(dict.fromkeys(begun or listed for begun, listed in APPLIED.findall(output)))


class FilterModule:
    """Filters about what a deployment changes."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "applied_migrations": applied_migrations,
            "image_changes": image_changes,
            "pending_migrations": pending_migrations,
        }
