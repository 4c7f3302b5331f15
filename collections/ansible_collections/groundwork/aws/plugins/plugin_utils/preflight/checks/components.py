# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The architecture: components that have a role, stand in a tier, and find what they ask."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (
    Component,
    shown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import (
    Finding,
    nearest,
)


def check(environment: Environment) -> None:
    """Note components without a role, outside of the tiers, and without what they need."""
    knowledge = environment.knowledge
    _check_tiers(environment)
    if knowledge.keeper not in environment.components:
        says = "is not declared: it keeps the outputs of all components, and the records of runs"
        _note(environment, knowledge.keeper, None, says, "Declare it in its tier.")
    roles: dict[str, str] = {}
    for host in environment.components:
        try:
            roles[host] = str(environment.value("component_role", host))
        except Unknown:
            continue
    able = {name for name, role in knowledge.roles.items() if "present" in role.entries}
    for host, role in roles.items():
        declared = _declared(environment, host)
        if role not in able:
            near = nearest(role, able)
            if role == host:
                says = "is a component of which there is no role"
                write = f"Write {near}" if near else f"Write {host}: {{component_role: bucket}}"
                write += f", with one of {', '.join(sorted(able))}." if not near else "."
                _note(environment, host, declared, says, write)
            else:
                write = f"Write {near}." if near else f"Write one of {', '.join(sorted(able))}."
                says = f"there is no role {role!r} for components"
                environment.complain("component_role", says, write, host=host)
            continue
        for asked in sorted(_needs(environment, host, role) - {*environment.components}):
            says = f"needs the component {asked}, which is not declared"
            near = nearest(asked, {host for host, its in roles.items() if its not in able})
            write = f"Write {asked} for {near}." if near else f"Declare {asked} in its tier."
            _note(environment, host, declared, says, write)
        _check_awaited(environment, host, role, declared)


def _needs(environment: Environment, host: str, role: str) -> set[str]:
    """The components that a role asks, and those that it knows by the names of what they make."""
    knowledge = environment.knowledge
    asked = knowledge.roles[role].asks - {"localhost"}
    if role in knowledge.watchers:
        return asked
    try:
        named = (environment.value("role_needs", host) or {}).get(role, [])
    except Unknown:
        return asked
    for need in named:
        others = [n for n in knowledge.replaced_by.get(need, []) if n.startswith(f"{role}_")]
        definitions = [environment.definition(name, host) for name in others]
        if not any(one and not one.shared for one in definitions):
            asked.add(need)
    return asked


def _check_tiers(environment: Environment) -> None:
    knowledge = environment.knowledge
    tiers = [*knowledge.tiers, knowledge.awaited]
    for group in environment.reading.groups:
        members = [c for c in environment.reading.components if c.group == group.name]
        if group.name in tiers or group.name in ("all", "components", "app") or not members:
            continue
        if not {c.name for c in members} & set(environment.components):
            continue
        near = nearest(group.name, tiers)
        write = f"Write {near}." if near else f"The tiers are {', '.join(tiers)}."
        says = "is no tier, so nothing converges its components"
        _note(environment, group.name, group, says, write)
    for host in environment.components:
        places = [t for t in knowledge.tiers if host in environment.groups.get(t, [])]
        declared = _declared(environment, host)
        if len(places) > 1:
            says = f"stands in {len(places)} tiers: {', '.join(places)}"
            _note(environment, host, declared, says, "Leave it in the first that needs it.")
        elif not places and not (declared and declared.group not in tiers):
            says = "stands in no tier, so it is never made"
            _note(
                environment, host, declared, says, f"Write it below {', '.join(knowledge.tiers)}."
            )


def _check_awaited(
    environment: Environment, host: str, role: str, declared: Component | None
) -> None:
    group = environment.knowledge.awaited
    waits = host in environment.groups.get(group, [])
    able = "ready" in environment.knowledge.roles[role].entries
    if able and not waits:
        says = f"takes minutes to be made, and nothing waits for it: it is not in {group}"
        _note(environment, host, declared, says, f"Write it below {group} too.")
    elif waits and not able:
        says = (
            f"stands in {group}, but its role {role} has nothing to wait for (no tasks/ready.yml)"
        )
        _note(environment, host, declared, says, f"Take it out of {group}.")


def _declared(environment: Environment, host: str) -> Component | None:
    found = [c for c in environment.reading.components if c.name == host]
    tiers = environment.knowledge.tiers
    return next((c for c in found if c.group in tiers), found[0] if found else None)


def _note(
    environment: Environment, key: str, declared: Component | None, says: str, write: str
) -> None:
    path = shown(declared.path if declared else environment.folder / "components.yml")
    environment.add(Finding(key, says, write, path, declared.line if declared else None))
