# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What the release records say: which release is current, and which one a rollback goes to."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.filter.runs import columns

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
    before the one that serves. A release that failed, was rolled back, or whose deploy did not
    come to an end is never a target.
    """
    newest = newest_releases(records)
    if newest and newest[0]["verdict"] == GOOD:
        newest = newest[1:]
    return next((record for record in newest if record["verdict"] == GOOD), {})


def isolated_instances(records: Records) -> list[str]:
    """Instances that failed deploys took out of the balancer, since the last one that succeeded."""
    found: set[str] = set()
    for record in newest_releases(records):
        if record["verdict"] == GOOD:
            break
        found.update(record.get("isolated") or [])
    return sorted(found)


def _state(record: dict[str, Any], records: Records) -> str:
    """The verdict, and what the release is for: the one that serves, the one a rollback goes to."""
    for chosen, words in ((current_release, "serves"), (rollback_release, "rollback goes here")):
        if chosen(records).get("release") == record["release"]:
            return f"{record['verdict']}, {words}"
    return record["verdict"]


def _images(record: dict[str, Any]) -> str:
    digests = {
        service: image.rpartition("sha256:")[2][:12]
        for service, image in sorted((record.get("images") or {}).items())
    }
    return " ".join(f"{service}@{digest}" for service, digest in digests.items())


def releases_on(slots: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The hosts that serve each release, from what M(compose_slots_info) returned by host."""
    found: dict[str, list[str]] = {}
    for host, told in sorted(slots.items()):
        serving = (told.get("slots") or {}).get(told.get("active"))
        if serving:
            found.setdefault(serving["release"], []).append(host)
    return found


def release_table(
    records: Records, count: int = 20, where: dict[str, list[str]] | None = None
) -> list[str]:
    """Lines: one for each release, the newest first; below it the first line of why it failed or was left, and `where` it runs."""
    newest = newest_releases(records)[:count]
    if not newest:
        return ["No release is recorded yet: run playbooks/deploy.yml."]
    head = ("release", "verdict", "since (UTC)", "by", "commit", "images")
    rows = [
        (
            record["release"],
            _state(record, records),
            record["when"].replace("T", " ").removesuffix("Z"),
            record.get("who") or "?",
            str(record.get("commit") or "")[:8],
            _images(record),
        )
        for record in newest
    ]
    lines = columns([head, *rows])
    told = lines[:1]
    for line, record in zip(lines[1:], newest, strict=True):
        told.append(line)
        if record.get("reason"):
            told.append(f"    {record['reason'].strip().splitlines()[0]}")
        if (where or {}).get(record["release"]):
            told.append(f"    on {', '.join(where[record['release']])}")
    return told


class FilterModule:
    """Filters about releases."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "current_release": current_release,
            "isolated_instances": isolated_instances,
            "newest_releases": newest_releases,
            "release_table": release_table,
            "releases_on": releases_on,
            "rollback_release": rollback_release,
        }
