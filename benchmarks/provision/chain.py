"""What a first run could take at best: the longest chain of components that need each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# What AWS takes minutes to make, by the role that makes it (lab/emulator/creation.py).
MADE = {
    "database": "database",
    "cache": "cache",
    "network": "nat_gateway",
    "load_balancer": "load_balancer",
    "certificate": "certificate",
    "instances": "instance",
}
# Others can begin with it only once it is there.
NEEDED_READY = {"certificate", "instances"}


@dataclass(frozen=True, slots=True)
class Component:
    """A component: seconds of its own work, seconds that AWS takes for it, and whom it needs."""

    work: float
    made: float
    ready: bool
    needs: tuple[str, ...]


def graph(root: Path, env: str) -> dict[str, tuple[str, list[str]]]:
    """For each component of an inventory its role, and the components that it needs."""
    read = {
        name: yaml.safe_load((root / path).read_text(encoding="utf-8"))
        for name, path in (
            ("hosts", f"inventories/{env}/components.yml"),
            ("variables", "group_vars/components.yml"),
        )
    }
    roles: dict[str, str] = {}
    for tier in read["hosts"]["components"]["children"].values():
        for name, variables in tier["hosts"].items():
            if name not in roles or variables:
                roles[name] = (variables or {}).get("component_role", name)
    needs = read["variables"]["role_needs"]
    return {
        name: (role, [need for need in needs.get(role, []) if need in roles])
        for name, role in roles.items()
    }


def components(
    timeline: Mapping[str, Any], known: Mapping[str, tuple[str, list[str]]], seconds: Any
) -> dict[str, Component]:
    """Components as a run's timeline shows them; `seconds` tells AWS's time by kind."""
    found = {}
    for name, (role, needs) in known.items():
        work = sum(
            span["end"] - span["start"]
            for span in timeline["spans"]
            if span["host"] == name and not span["waits"]
        )
        made = seconds(MADE[role]) if role in MADE else 0.0
        found[name] = Component(work, made, role in NEEDED_READY, tuple(needs))
    return found


def longest(found: Mapping[str, Component]) -> tuple[float, list[str]]:
    """Seconds of the longest chain, and the components on it, the first one first."""

    def until_usable(name: str) -> tuple[float, list[str]]:
        one = found[name]
        before = max((until_usable(need) for need in one.needs), default=(0.0, []))
        return before[0] + one.work + (one.made if one.ready else 0.0), [*before[1], name]

    def until_made(name: str) -> tuple[float, list[str]]:
        took, path = until_usable(name)
        one = found[name]
        return took + (0.0 if one.ready else one.made), path

    return max(until_made(name) for name in found)


def in_sequence(found: Mapping[str, Component]) -> float:
    """Seconds if one component came after the other, each waited for."""
    return sum(one.work + one.made for one in found.values())
