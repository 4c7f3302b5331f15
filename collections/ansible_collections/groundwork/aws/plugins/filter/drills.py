# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Restore drills: the record of one, and what there is to restore, for people to read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.groundwork.aws.plugins.filter.runs import columns
from ansible_collections.groundwork.aws.plugins.module_utils.durations import spoken

_DRILLS = ("started (UTC)", "verdict", "of", "recovery time", "recovery point", "checks")
_SNAPSHOTS = ("snapshot", "taken (UTC)", "size", "kind", "release")


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tags(resource: dict[str, Any]) -> dict[str, str]:
    """The tags; amazon.aws 11.4 leaves those of snapshots in a list, and says that there are none."""
    listed = {one["key"]: one["value"] for one in resource.get("tag_list") or []}
    return listed | (resource.get("tags") or {})


def drill_record(facts: dict[str, Any]) -> dict[str, Any]:
    """The record of a drill, from what it kept.

    `begun` and `ended` are seconds, `ended` is empty where it failed; `moment` is the time of the
    data that was restored. The recovery time is how long nobody would have been served, the
    recovery point how old the data was when the drill began.
    """
    begun, ended, moment = int(facts["begun"]), facts.get("ended"), facts.get("moment") or ""
    unmet = [one["name"] for one in facts["checks"] if not one["passed"]]
    reason = facts.get("reason") or ""
    if not reason and unmet:
        reason = f"checks that did not pass: {', '.join(unmet)}"
    return {
        "started": _utc(begun),
        "source": facts["source"],
        "snapshot": facts.get("snapshot") or "",
        "moment": moment,
        "recovery_time": int(ended) - begun if ended else None,
        "recovery_point": max(0, round(begun - _seconds(moment[:19]))) if moment else None,
        "checks": facts["checks"],
        "release": facts.get("release") or "",
        "verdict": "failed" if reason else "ok",
        "reason": reason,
    }


def _spoken(seconds: float | None) -> str:
    return "" if seconds is None else spoken(seconds)


def _check(one: dict[str, Any]) -> str:
    said = one.get("reason") or f"{one['value']}"
    return f"    {'ok' if one['passed'] else 'FAILED'}  {one['name']}: {said}"


def drill_table(records: list[dict[str, Any]]) -> list[str]:
    """Lines: one for each drill, below it its checks and why it failed."""
    if not records:
        return ["No restore has been drilled yet: playbooks/restore_drill.yml"]
    rows = [
        (
            one["started"].replace("T", " ").removesuffix("Z"),
            one["verdict"],
            one["snapshot"] or one["source"],
            _spoken(one["recovery_time"]),
            _spoken(one["recovery_point"]),
            f"{sum(check['passed'] for check in one['checks'])} of {len(one['checks'])}",
        )
        for one in records
    ]
    lines = columns([_DRILLS, *rows])
    told = lines[:1]
    for line, record in zip(lines[1:], records, strict=True):
        told += [line, *map(_check, record["checks"])]
        told += [f"    {record['reason']}"] if record["reason"] else []
    return told


def snapshot_table(snapshots: list[dict[str, Any]]) -> list[str]:
    """Lines: one for each snapshot of M(amazon.aws.rds_snapshot_info), the newest first."""
    if not snapshots:
        return ["There is no snapshot yet: playbooks/backup.yml"]
    ordered = sorted(
        snapshots, key=lambda one: str(one.get("snapshot_create_time") or ""), reverse=True
    )
    rows = [
        (
            one["db_snapshot_identifier"],
            str(one.get("snapshot_create_time") or one["status"])[:19].replace("T", " "),
            f"{one.get('allocated_storage', '?')} GiB",
            one["snapshot_type"],
            _tags(one).get("Release", ""),
        )
        for one in ordered
    ]
    return columns([_SNAPSHOTS, *rows])


def instance_table(instances: list[dict[str, Any]], used: str) -> list[str]:
    """Lines: one for each instance of M(amazon.aws.rds_instance_info), the one that is `used` first."""
    if not instances:
        return ["There is no instance."]
    rows = []
    for one in sorted(instances, key=lambda one: (one["db_instance_identifier"] != used, str(one))):
        tags = _tags(one)
        held = f"{tags['RestoredFrom']} at {tags['RestoredTo']}" if "RestoredTo" in tags else ""
        name = one["db_instance_identifier"]
        until = str(one.get("latest_restorable_time") or "")[:19].replace("T", " ")
        says = "the application uses it" if name == used else held or "not used"
        rows.append((name, one["db_instance_status"], until, says))
    return columns([("instance", "status", "restorable until (UTC)", ""), *rows])


def tagged_with(resources: list[dict[str, Any]], tags: dict[str, str]) -> list[dict[str, Any]]:
    """Those resources that carry all of the tags."""
    wanted = dict(tags.items())  # Ansible's own mappings have no views that compare
    return [one for one in resources if all(_tags(one).get(key) == wanted[key] for key in wanted)]


class FilterModule:
    """Filters about restore drills and snapshots."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "drill_record": drill_record,
            "drill_table": drill_table,
            "instance_table": instance_table,
            "snapshot_table": snapshot_table,
            "tagged_with": tagged_with,
        }
