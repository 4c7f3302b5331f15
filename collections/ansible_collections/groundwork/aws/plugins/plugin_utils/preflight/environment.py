# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""An environment as it is judged: its hosts, their variables, and where each got its value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (
    Definition,
    Reading,
    first_line,
    shown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import (
    Finding,
    nearest,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import Knowledge

APP = "app"
LOCALHOST = "localhost"


class Unknown(Exception):
    """A variable has no value that can be judged; the reason is a finding of its own."""


@dataclass
class Environment:
    """The inventory of one run.

    `hostvars` has `raw_get(host)`, as Ansible's has; `folder` is inventories/qa; `places` are the
    folders of all inventories that were given; `inventories` holds those that there are.
    """

    folder: Path
    places: list[Path]
    inventories: Path
    hostvars: Any
    groups: Mapping[str, list[str]]
    loader: DataLoader
    knowledge: Knowledge
    reading: Reading
    extra: list[Definition]
    own: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    # What is wrong because something else is: told where nothing else was found.
    derived: list[Finding] = field(default_factory=list)
    _variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    _values: dict[tuple[str, str], Any] = field(default_factory=dict)
    _reasons: set[str] = field(default_factory=set)
    _broken: set[str] = field(default_factory=set)

    @property
    def components(self) -> list[str]:
        """The hosts that are components."""
        return list(self.groups.get("components", []))

    @property
    def definitions(self) -> list[Definition]:
        """Every variable of the environment's own files and of the command line."""
        return [d for d in self.reading.definitions if not d.shared] + self.extra

    def add(self, finding: Finding) -> None:
        """Note what was found, once."""
        if finding not in self.findings:
            self.findings.append(finding)

    def variables(self, host: str) -> dict[str, Any]:
        """A host's variables as they stand in the files, with what templates may ask."""
        if host not in self._variables:
            # As numbers, where the command line has texts.
            numbers = {d.name: d.value for d in self.extra if isinstance(d.value, int)}
            self._variables[host] = {**self._raw(host), **numbers, "hostvars": self.hostvars}
        return self._variables[host]

    def _raw(self, host: str) -> dict[str, Any]:
        if host != APP:
            return dict(self.hostvars.raw_get(host))
        members = self.groups.get(APP, [])
        if members:
            return dict(self.hostvars.raw_get(members[0]))
        # No app host runs yet: the group's variables are judged as the first one will have them.
        variables = dict(self.hostvars.raw_get(LOCALHOST))
        for definition in self.reading.definitions:
            if definition.holder == APP:
                variables[definition.name] = definition.value
        variables.update({d.name: d.value for d in self.extra})
        return {**variables, "inventory_hostname": APP}

    def value(self, name: str, host: str | None = None) -> Any:
        """The value of a variable, its default where a role has one. Raises Unknown."""
        host = host or self.anyone
        if (name, host) not in self._values:
            self._values[name, host] = self._evaluate(name, host)
        return self._values[name, host]

    def _evaluate(self, name: str, host: str) -> Any:
        variables = self.variables(host)
        if name in variables:
            raw = variables[name]
        else:
            rule = self.knowledge.rule(name)
            if rule is None or "default" not in rule:
                raise Unknown(name)
            raw = Default(rule["default"])
        if name in self._broken:
            raise Unknown(name)
        try:
            return self.template(raw, host)
        except AnsibleError as error:
            self._note(name, host, error)
        except Exception as error:  # a filter may raise anything
            self._note(name, host, error)
        raise Unknown(name)

    @property
    def anyone(self) -> str:
        """A host that has the environment's variables."""
        return self.components[0] if self.components else LOCALHOST

    def template(self, raw: Any, host: str) -> Any:
        """A raw value with its expressions evaluated for a host."""
        if isinstance(raw, Default):
            raw = trusted(raw.value)
        templar = Templar(loader=self.loader, variables=self.variables(host))
        return plain(templar.template(raw))

    def _note(self, name: str, host: str, error: BaseException) -> None:
        self._broken.add(name)
        definition = self.definition(name, host)
        missing = undefined(error)
        rule = self.knowledge.project.get(missing or "", {})
        # What follows from a fault is not told again: it is one thing to correct.
        if definition is None or rule.get("required") or reason(error) in self._reasons:
            return
        self._reasons.add(reason(error))
        told = len(self.findings)
        self.note(definition, (), f"cannot be evaluated: {reason(error)}", remedy(missing, self))
        if definition.shared:
            # The project's own expressions are right: what they are made of is not.
            self.derived += self.findings[told:]
            del self.findings[told:]

    def definition(self, name: str, host: str | None = None) -> Definition | None:
        """The definition that wins for a host: the command line's, else the nearest one."""
        for given in self.extra:
            if given.name == name:
                return given
        host = host or self.anyone
        holders = ["all", *self._groups_of(host), host]
        found = [d for d in self.reading.definitions if d.name == name and d.holder in holders]
        return max(found, key=lambda d: (holders.index(d.holder), d.shared), default=None)

    def _groups_of(self, host: str) -> list[str]:
        groups = [g for g, members in self.groups.items() if host in members and g != "all"]
        return sorted({*groups, *([APP] if host == APP else [])}, key=lambda g: g != "components")

    def note(
        self, definition: Definition, keys: tuple[str | int, ...], says: str, write: str
    ) -> None:
        """Note what is wrong with a variable, or with a key or item in it."""
        key = definition.name
        for part in keys:
            key += f"[{part}]" if isinstance(part, int) else f".{part}"
        path = definition.path if definition.given else shown(definition.path)
        write = write.replace("NAME", definition.name)
        self.add(Finding(key, says, write, path, definition.line_of(keys)))

    def complain(
        self,
        name: str,
        says: str,
        write: str,
        keys: tuple[str | int, ...] = (),
        host: str | None = None,
    ) -> None:
        """Note what is wrong with a variable, wherever it is defined."""
        definition = self.definition(name, host)
        if definition is None:
            rule = self.knowledge.rule(name) or {}
            path = self.folder / "group_vars" / "all" / rule.get("file", "sizes.yml")
            place = shown(path) if path.is_file() else ""
            self.add(Finding(name, says, write.replace("NAME", name), place))
        else:
            self.note(definition, keys, says, write)


@dataclass(frozen=True)
class Default:
    """A role's default as its argument specs say it: text that is trusted to be a template."""

    value: Any


def trusted(value: Any) -> Any:
    """The value with every text in it trusted to be a template."""
    if isinstance(value, dict):
        return {name: trusted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return trust_as_template(value) if isinstance(value, str) else value


def plain(value: Any) -> Any:
    """The value as Python's own types."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return None if value is None else str(value)


def reason(error: BaseException) -> str:
    """Why an expression has no value, without the chain of what led there."""
    cause: BaseException | None = error
    while cause is not None and cause.__cause__ is not None:
        cause = cause.__cause__
    return first_line(cause or error).rstrip(".")


def undefined(error: BaseException) -> str | None:
    """The variable that an expression lacks, if that is what is wrong with it."""
    found = re.search(r"'([A-Za-z_]\w*)' is undefined", reason(error))
    return found[1] if found else None


def remedy(missing: str | None, environment: Environment) -> str:
    """What to write where an expression has no value."""
    if missing is None:
        return "Correct the expression between {{ and }}."
    near = nearest(missing, environment.knowledge.names)
    return f"Write {near}." if near else f"Define {missing}, or leave it out."
