# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Where variables are given a value: the files of an inventory, read as Ansible reads them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

try:  # Since ansible-core 2.19 a value knows its line. Without it, a finding names the file only.
    from ansible._internal._datatag._tags import Origin
except ImportError:
    Origin = None

EXTENSIONS = ("", ".yml", ".yaml", ".json")
COMMAND_LINE = "the command line (-e)"


@dataclass(frozen=True)
class Definition:
    """One variable in one file: `holder` is the group or host that has it.

    `shared` says that the file is the project's own (group_vars beside the playbooks), `given` that
    the command line has it.
    """

    name: str
    value: Any = field(compare=False)
    path: str
    line: int | None
    holder: str
    shared: bool = False
    given: bool = False

    def line_of(self, keys: tuple[str | int, ...]) -> int | None:
        """The line of a nested key or item, or the nearest one above it."""
        line, node = self.line, self.value
        for key in keys:
            if isinstance(node, dict) and key in node:
                line = line_of(next(name for name in node if name == key)) or line
                node = node[key]
            elif isinstance(node, list) and isinstance(key, int) and key < len(node):
                node = node[key]
                line = line_of(node) or line
            else:
                break
        return line


@dataclass(frozen=True)
class Component:
    """A host as a file of the inventory names it, with the group above it."""

    name: str
    group: str
    path: str
    line: int | None


@dataclass
class Reading:
    """What stands in the files of an environment, and what could not be read (path, message)."""

    definitions: list[Definition] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    groups: list[Component] = field(default_factory=list)
    holders: list[tuple[str, str, str]] = field(default_factory=list)
    plugins: list[tuple[str, dict]] = field(default_factory=list)
    broken: list[tuple[str, str, int | None]] = field(default_factory=list)


def line_of(value: Any) -> int | None:
    """The line on which a value or key stands in its file, where Ansible knows it."""
    origin = Origin.get_tag(value) if Origin is not None else None
    return origin.line_num if origin else None


def shown(path: str | Path) -> str:
    """A path as short as it can be said from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.path.join("..", "..")) else relative


def first_line(error: BaseException) -> str:
    """The first sentence of an error of Ansible, on one line."""
    return " ".join(str(getattr(error, "message", None) or error).split())


def broken_line(error: BaseException) -> int | None:
    """The line of a file at which an error of Ansible points."""
    place = getattr(error, "obj", None)
    return line_of(place) or getattr(place, "line_num", None)


def read(loader: DataLoader, folder: Path, shared: Path) -> Reading:
    """Read an environment's folder, and the group_vars and host_vars that all share."""
    reading = Reading()
    for base, is_shared in ((folder, False), (shared, True)):
        for kind in ("group_vars", "host_vars"):
            _read_variables(loader, base / kind, kind, is_shared, reading)
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_file() and path.suffix in EXTENSIONS[1:] and not path.name.startswith("."):
            data = _load(loader, path, reading)
            if isinstance(data, dict) and "plugin" in data:
                reading.plugins.append((str(path), data))
            elif isinstance(data, dict):
                for group, content in data.items():
                    _read_group(str(group), group, content, str(path), reading)
    return reading


def _load(loader: DataLoader, path: Path, reading: Reading) -> Any:
    try:
        return loader.load_from_file(str(path), cache="all", unsafe=True, trusted_as_template=True)
    except AnsibleError as error:
        reading.broken.append((str(path), first_line(error), broken_line(error)))
    except Exception as error:  # whatever a file holds, it is a finding and not a traceback
        reading.broken.append((str(path), f"{type(error).__name__}: {error}", None))
    return None


def _read_variables(
    loader: DataLoader, base: Path, kind: str, shared: bool, reading: Reading
) -> None:
    for entry in sorted(base.iterdir()) if base.is_dir() else []:
        if entry.name.startswith(".") or entry.name.endswith("~"):
            continue
        holder = entry.name if entry.is_dir() else entry.stem
        reading.holders.append((kind, holder, str(entry)))
        files = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
        for path in files:
            if path.is_symlink() and not path.exists():
                message = f"is a link that leads nowhere: {os.readlink(path)}"
                reading.broken.append((str(path), message, None))
                continue
            if not path.is_file() or path.name.startswith(".") or path.name.endswith("~"):
                continue
            if path.suffix not in EXTENSIONS:
                reading.broken.append((str(path), "is not read: its name must end in .yml", None))
                continue
            data = _load(loader, path, reading)
            if isinstance(data, dict):
                reading.definitions += _definitions(data, str(path), holder, shared)
            elif data is not None:
                reading.broken.append((str(path), "holds no mapping (name: value)", None))


def _definitions(data: dict, path: str, holder: str, shared: bool = False) -> Iterator[Definition]:
    for name, value in data.items():
        yield Definition(str(name), value, path, line_of(name), holder, shared)


def _read_group(group: str, key: Any, content: Any, path: str, reading: Reading) -> None:
    """Read a group of a YAML inventory: its hosts, their variables, its children."""
    reading.groups.append(Component(group, "", path, line_of(key)))
    if not isinstance(content, dict):
        _must_be_mapping(group, key, content, path, reading)
        return
    parts = {name: content.get(name) for name in ("vars", "hosts", "children")}
    for name, part in parts.items():
        if part is not None and not isinstance(part, dict):
            message = f"{name} of {group} must be a mapping: each name with a colon behind it"
            reading.broken.append((path, message, line_of(part) or line_of(key)))
            parts[name] = None
    reading.definitions += _definitions(parts["vars"] or {}, path, group)
    for host, variables in (parts["hosts"] or {}).items():
        reading.components.append(Component(str(host), group, path, line_of(host)))
        _must_be_mapping(str(host), host, variables, path, reading)
        if isinstance(variables, dict):
            reading.definitions += _definitions(variables, path, str(host))
    for child, below in (parts["children"] or {}).items():
        _read_group(str(child), child, below, path, reading)


def _must_be_mapping(name: str, key: Any, content: Any, path: str, reading: Reading) -> None:
    if content is not None and not isinstance(content, dict):
        message = f"{name} must have nothing behind its colon, or a mapping (name: value)"
        reading.broken.append((path, message, line_of(key)))


def command_line(extra: dict[str, Any]) -> list[Definition]:
    """The variables that were given with -e: each in its file (-e @file), or on the command line."""
    return [
        Definition(name, value, _given_by(name) or COMMAND_LINE, line_of(name), "all", given=True)
        for name, value in extra.items()
    ]


def _given_by(name: str) -> str | None:
    origin = Origin.get_tag(name) if Origin is not None else None
    return shown(origin.path) if origin and origin.path else None
