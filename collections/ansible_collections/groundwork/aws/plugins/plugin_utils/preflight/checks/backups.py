# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Rules of AWS Backup that a vault's lock, or AWS, would have fail night after night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)

RULES = "backup_plan_rules"
# A backup that went to cold storage stays there for so many days at least.
COLD_DAYS = 90


def check(environment: Environment, host: str, values: Any) -> None:
    """Note contradictions between the values of one component. `values`: its variables by name; one that is not sound is None."""
    region, shortest = values["backup_plan_copy_region"], values["backup_plan_lock_min_days"] or 0
    longest = values["backup_plan_lock_max_days"] or 0
    if region and region == values["aws_region"]:
        says = f"is {region}, where the backups are already"
        write = "Write another region, or take the line out."
        environment.complain("backup_plan_copy_region", says, write, host=host)
    if shortest and longest and longest < shortest:
        says = f"is {longest}, less than backup_plan_lock_min_days ({shortest})"
        write = f"Write {shortest} or more."
        environment.complain("backup_plan_lock_max_days", says, write, host=host)
        longest = 0
    rules = values[RULES] or []
    for says, write in (
        *_twice(rules),
        *(found for rule in rules for found in _rule(rule, bool(region), shortest, longest)),
    ):
        environment.complain(RULES, says, write, host=host)


def _twice(rules: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, number in Counter(rule.get("name") for rule in rules).items():
        if number > 1:
            yield f"has {number} rules named {name}", "Give each a name of its own."


def _rule(
    rule: dict[str, Any], copied: bool, shortest: int, longest: int
) -> Iterator[tuple[str, str]]:
    name, begins = rule.get("name"), rule.get("start_window", 60)
    ends = rule.get("completion_window", 480)
    if ends <= begins:
        says = f"{name}: completion_window is {ends}, start_window is {begins}"
        yield says, f"Write {begins + 60} or more."
    yield from _kept(rule, "", shortest, longest)
    if copied and rule.get("copy", True):
        yield from _kept(rule, "copy_", shortest, longest)


def _kept(
    rule: dict[str, Any], which: str, shortest: int, longest: int
) -> Iterator[tuple[str, str]]:
    """For how long a rule keeps its backups, or their copies, which are kept like them where nothing else is said."""
    key = f"{which}delete_after_days"
    days = rule.get(key, None if which else 0)
    cold = rule.get(f"{which}cold_storage_after_days", rule.get("cold_storage_after_days", 0))
    if days is None:
        return
    says = f"{rule.get('name')}: {key} is {days or 'not given, for ever'}"
    if days and cold and days < cold + COLD_DAYS:
        yield f"{says}, and cold storage keeps for {COLD_DAYS} days", f"Write {cold + COLD_DAYS}."
    if days and days < shortest:
        yield (
            f"{says}, the vault's lock lets no job keep for less than {shortest} days",
            f"Write {shortest} or more.",
        )
    if longest and (not days or days > longest):
        yield (
            f"{says}, the vault's lock lets no job keep for more than {longest} days",
            f"Write {longest} or less.",
        )
