# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Every variable that was given a value, held against its rule; those that need one."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (
    shown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    APP,
    LOCALHOST,
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import Finding
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.rule import check as problems

HOST_ROLES = (
    "hardening",
    "docker",
    "cloudwatch_agent",
    "secrets",
    "proxy",
    "migration",
    "compose_deploy",
    "host_maintenance",
)


def check(environment: Environment) -> set[str]:
    """Note wrong and missing values; the names of variables that are not sound."""
    unsound: set[str] = set()
    _check_project(environment, unsound)
    unique: dict[tuple[str, str], str] = {}
    for host, roles in scopes(environment):
        for role in roles:
            for name, rule in environment.knowledge.roles[role].options.items():
                given = name in environment.variables(host)
                if not given and not rule.get("unique") and "default" in rule:
                    continue
                _check_value(environment, name, rule, host, unsound)
                if rule.get("unique") and rule.get("type") == "str":
                    _check_twice(environment, name, host, unique)
    return unsound


def check_identity(environment: Environment) -> set[str]:
    """Note what is wrong with the variables that say who and where; the names of unsound ones."""
    unsound: set[str] = set()
    _check_project(environment, unsound, pages=("environment.yml",))
    return unsound


def check_options(environment: Environment) -> None:
    """Note values of a verb's own options that it cannot take."""
    for given in environment.extra:
        rule = environment.knowledge.options.get(given.name)
        if rule is None or given.name in environment.knowledge.names:
            continue
        for problem in problems(rule, given.value):
            environment.note(given, problem.path, problem.says, problem.write)


def check_required(environment: Environment, names: list[str]) -> None:
    """Note options of a verb that it cannot do without, and that were not given."""
    given = {one.name for one in environment.extra}
    for name in names:
        if name not in given:
            rule = environment.knowledge.options[name]
            example = rule.get("example") or (rule.get("choices") or ["..."])[0]
            says = f"is missing: {rule['help']}"
            environment.add(Finding(name, says, f"Write -e {name}={example}"))


def scopes(environment: Environment) -> list[tuple[str, list[str]]]:
    """Hosts, and the roles that run on them: components, the app hosts, this machine."""
    known = environment.knowledge.roles
    found = []
    for host in environment.components:
        try:
            role = str(environment.value("component_role", host))
        except Unknown:
            continue
        if role in known:
            found.append((host, [role]))
    found.append((APP, [role for role in HOST_ROLES if role in known]))
    local = [
        n for n, role in known.items() if n not in HOST_ROLES and "present" not in role.entries
    ]
    found.append((LOCALHOST, local))
    return found


def _check_project(
    environment: Environment, unsound: set[str], pages: tuple[str, ...] = ()
) -> None:
    host = environment.anyone
    given = environment.variables(host)
    for name, rule in environment.knowledge.project.items():
        if pages and rule.get("file") not in pages:
            continue
        if name not in given:
            if rule.get("required"):
                unsound.add(name)
                write = f"Write {name}: {rule.get('example', '...')}"
                environment.complain(name, "is missing", write)
            continue
        _check_value(environment, name, rule, host, unsound)


def _check_value(
    environment: Environment, name: str, rule: dict, host: str, unsound: set[str]
) -> None:
    try:
        value = environment.value(name, host)
    except Unknown:
        unsound.add(name)
        return
    definition = environment.definition(name, host)
    for problem in problems(rule, value):
        unsound.add(name)
        if definition is None:
            # Its file is not here: an automation platform has the inventory.
            if name in environment.variables(host):
                environment.complain(name, problem.says, problem.write, problem.path, host)
            continue
        written = _at(definition.value, problem.path)
        if _derived(written) and (definition.shared or _names(written) & (unsound - {name})):
            # What follows from other variables is wrong because one of those is.
            continue
        environment.note(definition, problem.path, problem.says, problem.write)


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path of a value as it is written; an expression that gives the whole."""
    for key in path:
        known = range(len(value)) if isinstance(value, list) else value
        if isinstance(value, str) or key not in known:
            break
        value = value[key]
    return value


def _derived(value: object) -> bool:
    return isinstance(value, str) and "{{" in value


def _names(expression: str) -> set[str]:
    return set(re.findall(r"[a-z_][a-z0-9_]*", expression))


def _check_twice(
    environment: Environment, name: str, host: str, unique: dict[tuple[str, str], str]
) -> None:
    try:
        value = str(environment.value(name, host))
    except Unknown:
        return
    other = unique.setdefault((name, value), host)
    if other == host or name not in environment.knowledge.names:
        return
    declared = next((c for c in environment.reading.components if c.name == host), None)
    path = shown(declared.path if declared else environment.folder / "components.yml")
    says = f"{name} is {value!r}, as that of {other}: both would be one resource"
    write = f"Write {host}: {{{name}: ...}} with another value, or in host_vars/{host}.yml."
    environment.add(Finding(host, says, write, path, declared.line if declared else None))
