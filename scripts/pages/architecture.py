"""The architecture of an environment, read from its inventory: tiers, components, needs, sizes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

MOST_FACTS = 4


@dataclass
class Component:
    """One box of the picture."""

    name: str
    role: str
    facts: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)


@dataclass
class Architecture:
    """An environment: its components by tier, and the containers of each host."""

    title: str
    tiers: dict[str, list[Component]]
    containers: list[Component]


def read(inventory: Path, root: Path) -> Architecture:
    """The architecture of an inventory."""
    variables: dict = {}
    for page in sorted((inventory / "group_vars" / "all").glob("*.yml")):
        variables |= _load(page)
    role_needs = _load(root / "group_vars" / "components.yml")["role_needs"]
    tiers: dict[str, list[Component]] = {}
    for tier, group in _load(inventory / "components.yml")["components"]["children"].items():
        if tier == "awaited":
            continue
        tiers[tier] = []
        for name, own in (group.get("hosts") or {}).items():
            page = inventory / "host_vars" / f"{name}.yml"
            given = variables | (_load(page) if page.is_file() else {}) | (own or {})
            role = given.get("component_role", name)
            needs = set(role_needs.get(role, []))
            tiers[tier].append(Component(name, role, _facts(role, given), needs))
    _reduce({component.name: component for found in tiers.values() for component in found})
    containers = [
        Component(name, "container", [f"port {service['port']}", *_limits(service)])
        for name, service in variables.get("app_services", {}).items()
    ]
    return Architecture(f"{variables['project']} {variables['env']}", tiers, containers)


def _load(page: Path) -> dict:
    return yaml.safe_load(page.read_text()) or {}


def _facts(role: str, given: dict) -> list[str]:
    """What the inventory says of a component's size, in the order of its page."""
    found = []
    for name, value in given.items():
        what = name.removeprefix(f"{role}_").replace("_", " ")
        if not name.startswith(f"{role}_") or isinstance(value, (dict, list)) or value is False:
            continue
        if value is True:
            found.append(what)
        elif isinstance(value, str) and "{{" not in value:
            found.append(value)
        elif isinstance(value, int):
            found.append(f"{what} {value}")
    return found[:MOST_FACTS]


def _limits(service: dict) -> list[str]:
    return [f"memory {service['memory']}"] if "memory" in service else []


def _reduce(components: dict[str, Component]) -> None:
    """Keeps of what each one needs that only which it does not need through another one."""

    def all_needs(name: str) -> set[str]:
        direct = components[name].needs & components.keys()
        return direct.union(*(all_needs(need) for need in direct))

    whole = {name: all_needs(name) for name in components}
    for component in components.values():
        direct = component.needs & components.keys()
        component.needs = direct.difference(*(whole[need] for need in direct))
