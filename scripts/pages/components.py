"""The page of each role, from its argument_specs.yml, and the list of them."""

from __future__ import annotations

from pathlib import Path

import yaml

from pages.words import cell, text, value


def specs(role: Path) -> dict[str, dict]:
    """The entry points of a role."""
    return yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]


def options(role: Path) -> dict[str, dict]:
    """The options of all entry points of a role."""
    found: dict[str, dict] = {}
    for entry in specs(role).values():
        found.update(entry.get("options", {}))
    return found


def page(role: Path) -> str:
    """The page of one role."""
    entries = specs(role)
    first = next(iter(entries.values()))
    lines = [
        f"# {role.name}",
        "",
        f"**{first['short_description']}.** {text(first.get('description', ''))}",
        "",
        f"Entry points: {', '.join(f'`{name}`' for name in entries)}. "
        f"Read it: [roles/{role.name}](../../roles/{role.name}/).",
        "",
    ]
    found = options(role)
    if found:
        lines += ["| variable | type | default | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{name}` | {option['type']} | `{cell(value(option.get('default')))}` "
            f"| {cell(text(option['description']))} |"
            for name, option in found.items()
        ]
    return "\n".join(lines).rstrip() + "\n"


def index(roles: list[Path]) -> str:
    """The list of all pages."""
    lines = [
        "# Components and host roles",
        "",
        "Made from each role's `meta/argument_specs.yml` by `scripts/docs`.",
        "",
        "| role | what it is |",
        "|---|---|",
    ]
    for role in roles:
        short = next(iter(specs(role).values()))["short_description"]
        lines.append(f"| [{role.name}]({role.name}.md) | {cell(text(short))} |")
    return "\n".join(lines) + "\n"
