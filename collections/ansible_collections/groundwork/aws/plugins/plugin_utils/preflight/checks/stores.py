# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The database, the cache and the buckets: values that are right alone and wrong together."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.checks import (
    backups,
    names,
    records,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.formats import (
    MINUTES_A_DAY,
    week_minutes,
)

WEEK = 7 * MINUTES_A_DAY
# Variables of a role with names that must be in the environment's zone.
ZONE_NAMES = {
    "certificate": ("certificate_name", "certificate_alternative_names"),
    "dns_records": ("dns_records_aliases", "dns_records_extra"),
}


def check(environment: Environment, unsound: set[str]) -> None:
    """Note contradictions between the values of one component."""
    for host in environment.components:
        try:
            role = environment.value("component_role", host)
        except Unknown:
            continue
        values = _Values(environment, host, unsound)
        if role == "database":
            _check_database(environment, host, values)
        elif role == "cache":
            _check_cache(environment, host, values)
        elif role == "log_bucket":
            _check_days(environment, host, values)
        elif role == "backup_plan":
            backups.check(environment, host, values)
        elif role == "secret_store":
            _check_recovery(environment, host, values)
        elif role in ZONE_NAMES:
            names.check(environment, host, values, ZONE_NAMES[role])
            if role == "dns_records":
                records.check(environment, host, values)


class _Values:
    """Values of a host; one that is not sound is None."""

    def __init__(self, environment: Environment, host: str, unsound: set[str]) -> None:
        self.environment, self.host, self.unsound = environment, host, unsound

    def __getitem__(self, name: str) -> Any:
        if name in self.unsound:
            return None
        try:
            return self.environment.value(name, self.host)
        except Unknown:
            return None


def _check_database(environment: Environment, host: str, values: _Values) -> None:
    storage, most = values["database_storage"], values["database_max_storage"]
    if storage and most and most < storage:
        says = f"is {most}, less than database_storage ({storage})"
        environment.complain("database_max_storage", says, f"Write {storage} or more.", host=host)
    version, family = values["database_engine_version"], values["database_family"]
    if version and family and family != f"postgres{str(version).split('.')[0]}":
        says = f"is {family}, the engine is {version}"
        write = f"Write postgres{str(version).split('.')[0]}."
        environment.complain("database_family", says, write, host=host)
    _check_windows(
        environment, host, values, "database_backup_window", "database_maintenance_window"
    )


def _check_cache(environment: Environment, host: str, values: _Values) -> None:
    engine, family = values["cache_engine"], values["cache_family"]
    if engine and family and not family.startswith(engine):
        says = f"is {family}, the engine is {engine}"
        write = "Write valkey8." if engine == "valkey" else "Write redis7."
        environment.complain("cache_family", says, write, host=host)
    _check_windows(environment, host, values, "cache_snapshot_window", "cache_maintenance_window")


def _check_windows(
    environment: Environment, host: str, values: _Values, daily: str, weekly: str
) -> None:
    day, week = values[daily], values[weekly]
    if not day or not week:
        return
    begin, end = week_minutes(week) or (0, 0)
    first, last = (int(time[:2]) * 60 + int(time[3:]) for time in day.split("-"))
    length, span = (last - first) % MINUTES_A_DAY, (end - begin) % WEEK
    for start in range(first, first + WEEK, MINUTES_A_DAY):
        if (start - begin) % WEEK < span or (begin - start) % WEEK < length:
            says = f"{day} meets {weekly} ({week}), which AWS refuses"
            environment.complain(daily, says, "Move one of the two.", host=host)
            return


def _check_days(environment: Environment, host: str, values: _Values) -> None:
    archive, expire = values["log_bucket_archive_days"], values["log_bucket_expire_days"]
    if archive is not None and expire is not None and expire <= archive:
        says = f"is {expire}, logs are archived after {archive} days only"
        write = f"Write {archive + 1} or more."
        environment.complain("log_bucket_expire_days", says, write, host=host)


def _check_recovery(environment: Environment, host: str, values: _Values) -> None:
    days = values["secret_store_recovery_days"]
    if days is not None and 0 < days < 7:
        says = f"is {days}, AWS takes 7 to 30"
        write = "Write 7, or 0 to delete at once."
        environment.complain("secret_store_recovery_days", says, write, host=host)
