# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What the release records say: which release is current, and which one a rollback goes to."""

from __future__ import annotations

from typing import Any

Records = dict[str, dict[str, Any]]

GOOD = "good"
BAD = "bad"
ROLLED_BACK = "rolled back"


def newest_releases(records: Records) -> list[dict[str, Any]]:
    """The records, the one that was put into service last first."""
    return sorted(records.values(), key=lambda record: record["when"], reverse=True)


def current_release(records: Records) -> dict[str, Any]:
    """The record of the release that serves: the newest good one. Empty where there is none."""
    return next((record for record in newest_releases(records) if record["verdict"] == GOOD), {})


def rollback_release(records: Records) -> dict[str, Any]:
    """The record of the release that a rollback goes to. Empty where there is none.

    When the last deploy failed, that is the newest good release. Otherwise it is the good release
    before the one that serves. A release that failed or was rolled back is never a target.
    """
    newest = newest_releases(records)
    if newest and newest[0]["verdict"] == GOOD:
        newest = newest[1:]
    return next((record for record in newest if record["verdict"] == GOOD), {})


class FilterModule:
    """Filters about releases."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "current_release": current_release,
            "newest_releases": newest_releases,
            "rollback_release": rollback_release,
        }
