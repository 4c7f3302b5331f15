# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Variables that nobody reads: mistyped, put where they have no effect, or said twice."""

from __future__ import annotations

import re

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (
    Definition,
    shown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import (
    Finding,
    nearest,
)

# Where Ansible puts the words of an -e that have no name.
WORDS = "_raw_params"


def check(environment: Environment) -> None:
    """Note every variable that no role, no playbook and no template of ours knows."""
    check_names(environment, environment.definitions)
    _check_twice(environment)
    _check_holders(environment)


def check_names(environment: Environment, definitions: list[Definition]) -> None:
    """Note those of the definitions that nobody knows."""
    known = environment.knowledge.names
    shared = {(d.name, d.holder): d for d in environment.reading.definitions if d.shared}
    for definition in definitions:
        name, given = definition.name, definition.given
        if given and name == WORDS:
            _note_words(environment, definition, definitions)
        elif not re.fullmatch(r"[A-Za-z_]\w*", name):
            says = "is no name of a variable"
            environment.note(definition, (), says, "Write letters, digits and underscores.")
        elif name in known or (given and name in environment.knowledge.options):
            winner = None if given else _winner(environment, definition, shared)
            if winner is not None:
                _note_without_effect(environment, definition, winner)
        elif name not in environment.own and not environment.knowledge.is_own(name):
            _note_unknown(environment, definition, given)


def _note_words(
    environment: Environment, definition: Definition, definitions: list[Definition]
) -> None:
    """Of -e reason=a few words Ansible gives the variable the first, and drops the rest in silence."""
    options = environment.knowledge.options
    if any(options.get(one.name, {}).get("words") for one in definitions if one.given):
        return
    said = str(definition.value)
    says = "is no variable with a value"
    write = 'Write -e NAME=VALUE; a value of several words as JSON: -e \'{"NAME": "a few words"}\'.'
    environment.add(Finding(f"-e {said}", says, write, definition.path))


def _winner(
    environment: Environment, definition: Definition, shared: dict[tuple[str, str], Definition]
) -> Definition | None:
    """The project's own definition that wins: of the same group, or, over every group of the inventory, of any group but all."""
    same = shared.get((definition.name, definition.holder))
    groups = environment.groups
    if same or definition.holder not in (*groups, "app"):
        return same
    for (name, holder), other in shared.items():
        members = {*groups.get(holder, []), holder}
        meet = definition.holder == "all" or members & {*groups.get(definition.holder, [])}
        if name == definition.name and holder != "all" and meet:
            return other
    return None


def _note_unknown(environment: Environment, definition: Definition, given: bool) -> None:
    knowledge, name = environment.knowledge, definition.name
    near = nearest(name, {*knowledge.names, *knowledge.options})
    if not given and name in knowledge.options:
        says = "is an option of a command, not of an inventory"
        environment.note(definition, (), says, f"Take it out, and give it with -e {name}=...")
        return
    prefix = knowledge.prefix(name)
    says = f"is no variable of the role {prefix}" if prefix else "is no variable of this project"
    if near:
        helped = knowledge.options.get(near, {}).get("help")
        write = f"Write {near} ({helped})." if helped else f"Write {near}."
        if helped and not given:
            write = f"Take it out, and give -e {near}=... ({helped})."
    elif prefix:
        write = f"docs/components/{prefix}.md lists what the role {prefix} takes."
    elif given:
        write = f"A verb takes {', '.join(sorted(knowledge.options))}; your own begin with my_."
    else:
        write = "Take it out. A variable of your own begins with my_."
    environment.note(definition, (), says, write)


def _note_without_effect(
    environment: Environment, definition: Definition, winner: Definition
) -> None:
    """Ansible lets the group_vars beside the playbooks win over the inventory's, group by group."""
    place = f"{shown(winner.path)}:{winner.line}" if winner.line else shown(winner.path)
    write = f"Change it there, or give it with -e {winner.name}=..."
    environment.note(definition, (), f"has no effect here: {place} wins over it", write)


def _check_twice(environment: Environment) -> None:
    first: dict[tuple[str, str, str], Definition] = {}
    for definition in environment.definitions:
        if definition.given:
            continue
        # A host or group of components.yml and its files are two levels, of which one wins on purpose.
        kind = definition.path.split("_vars")[0] if "_vars" in definition.path else definition.path
        key = (definition.name, definition.holder, kind)
        if key in first and first[key].path != definition.path:
            other = first[key]
            place = f"{shown(other.path)}:{other.line}" if other.line else shown(other.path)
            says = f"is said in {place} too, for the same hosts"
            environment.note(definition, (), says, "Take one of them out.")
        first.setdefault(key, definition)


def _check_holders(environment: Environment) -> None:
    """A file of group_vars or host_vars is read for a group or host of its name only."""
    hosts = {host for members in environment.groups.values() for host in members}
    groups = {*environment.groups, "app", "all", "ungrouped"}
    for kind, holder, path in environment.reading.holders:
        known = groups if kind == "group_vars" else {*hosts, "localhost"}
        other = hosts if kind == "group_vars" else groups
        # Names of machines are only known once they run.
        if holder in known or path.startswith(str(environment.folder)) is False:
            continue
        noun = "group" if kind == "group_vars" else "host"
        near = nearest(holder, known)
        if holder in other:
            right = "host_vars" if kind == "group_vars" else "group_vars"
            write = f"Move it to {right}/."
        else:
            write = f"Name it {near}." if near else "Take it out."
        says = f"is not read: there is no {noun} {holder}"
        environment.add(Finding(f"{kind}/{holder}", says, write, shown(path)))
