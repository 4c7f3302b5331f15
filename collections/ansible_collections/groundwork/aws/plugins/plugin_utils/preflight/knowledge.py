# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What may be said: the options of every role, the project's variables, the verbs' options."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.rule import Rule, expanded

# yaml.CSafeLoader reads thirty files in a tenth of the time, where libyaml is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
OTHERS = re.compile(r"""hostvars(?:\.([a-z_]+)|\[['"]([a-z_]+)['"]\])""")


@dataclass
class Role:
    """A role: the rules of its options by name, its entry points, and the components it asks."""

    name: str
    options: dict[str, Rule] = field(default_factory=dict)
    entries: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)


@dataclass
class Knowledge:
    """Roles by name, rules of the project's variables, and rules of what a verb takes with -e."""

    folder: Path
    roles: dict[str, Role]
    project: dict[str, Rule]
    options: dict[str, Rule]
    operations: dict[str, Any]
    versions: dict[str, Any]
    tiers: list[str]
    awaited: str
    own: list[str]
    keeper: str = ""
    watchers: list[str] = field(default_factory=list)
    replaced_by: dict[str, list[str]] = field(default_factory=dict)

    def rule(self, name: str) -> Rule | None:
        """The rule of a variable; None where it is unknown."""
        if name in self.project:
            return self.project[name]
        return next((r.options[name] for r in self.roles.values() if name in r.options), None)

    @property
    def names(self) -> set[str]:
        """Every variable that may stand in an inventory."""
        return {*self.project, *(name for role in self.roles.values() for name in role.options)}

    def is_own(self, name: str) -> bool:
        """Whether a variable is Ansible's, an automation platform's or the user's own."""
        return any(re.fullmatch(pattern, name) for pattern in self.own)

    def prefix(self, name: str) -> str | None:
        """The role to which an unknown variable seems to belong, by its beginning."""
        found = [role for role in self.roles if name.startswith(f"{role}_")]
        return max(found, key=len, default=None)


@cache
def load_yaml(path: Path) -> Any:
    """The content of one of our own files; an empty mapping where there is none."""
    if not path.is_file():
        return {}
    with path.open() as stream:
        return yaml.load(stream, Loader=LOADER) or {}  # a safe loader either way


def read_role(folder: Path, shapes: dict[str, Rule]) -> Role:
    """A role's options, from its argument specs and its limits, which may be `like` a shape."""
    role = Role(folder.name)
    for entry, spec in load_yaml(folder / "meta" / "argument_specs.yml")["argument_specs"].items():
        role.entries.add(entry)
        role.options.update(spec.get("options") or {})
    for name, limits in load_yaml(folder / "meta" / "limits.yml").items():
        # The shape says how an example looks, the role's own specification what its type is.
        option = role.options[name]
        role.options[name] = {**option, **expanded(limits, shapes), "type": option["type"]}
    for name, rule in role.options.items():
        # What is empty by default may be empty.
        role.options[name] = {"empty": rule.get("default") in ("", [], {}), **rule}
    for path in [*folder.glob("tasks/*.yml"), *folder.glob("vars/*.yml")]:
        role.asks |= {name for pair in OTHERS.findall(path.read_text()) for name in pair if name}
    role.asks -= {"localhost", role.name}
    return role


def load(folder: Path, rules: Path) -> Knowledge:
    """Everything known: `folder` holds the roles, `rules` what stands in no role."""
    pages = ("project", "options", "operations", "versions")
    data = {page: dict(load_yaml(rules / f"{page}.yml")) for page in pages}
    shapes = {**load_yaml(rules / "shapes.yml"), **data["project"]}
    for page in ("project", "options"):
        data[page] = {name: expanded(rule, shapes) for name, rule in data[page].items()}
    roles = {
        path.name: read_role(path, shapes)
        for path in sorted(folder.iterdir())
        if (path / "meta" / "argument_specs.yml").is_file()
    }
    return Knowledge(folder=folder, roles=roles, **data, **load_yaml(rules / "tree.yml"))
