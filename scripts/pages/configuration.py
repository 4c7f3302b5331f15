"""The reference of every variable and option, from the files that preflight judges by."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import (
    Knowledge,
    load,
)

from pages.components import options, specs
from pages.words import accepts, cell, code, text, value

HEAD = """# Configuration: every variable and option

Made by `scripts/docs` from the files that [preflight](preflight.md) judges by:
`meta/argument_specs.yml` and `meta/limits.yml` of each role, `roles/preflight/rules/`,
`group_vars/` and the inventories. What is not on this page is refused, but for
[variables of your own](preflight.md).

## Where a value comes from

A later line wins over an earlier one.

| written in | holds for |
|---|---|
| a role's `defaults/main.yml` | everybody |
| `inventories/ENV/group_vars/all/*.yml` | one environment |
| `group_vars/` | every environment: names, tags, and what follows from them |
| `inventories/ENV/host_vars/COMPONENT.yml`, or the component's line | one component |
| `-e` on the command line | one run |

A variable that is written where another place wins over it is refused, with the place that wins.
Types are strict: on the command line write JSON for what is not text, such as
`-e '{"database_storage": 40}'`.
"""
OWN = ("environment.yml", "sizes.yml", "application.yml")


def configuration(root: Path) -> str:
    """The page."""
    known = load(root / "roles", root / "roles" / "preflight" / "rules")
    given = {env: _inventory(root, env) for env in ("qa", "prod")}
    roles = sorted(path for path in (root / "roles").iterdir() if path.is_dir())
    parts = [
        HEAD,
        _environment(known.project, given),
        _application(known.project),
        _sizes(roles, given),
        _roles(roles, known),
        _shared(root),
        _command(known.options, known.operations),
        _shell(root),
    ]
    return "\n".join(parts)


def _load(path: Path) -> dict:
    return yaml.safe_load(path.read_text()) or {}


def _inventory(root: Path, env: str) -> dict:
    found: dict = {}
    for page in sorted((root / "inventories" / env / "group_vars" / "all").glob("*.yml")):
        found |= _load(page)
    return found


def _of(name: str, given: dict[str, dict]) -> str:
    """What qa and prod say, as two cells."""
    return " | ".join(code(value(given[env][name])) if name in given[env] else "" for env in given)


def _environment(project: dict, given: dict[str, dict]) -> str:
    lines = [
        "## The environment",
        "",
        "Who you are, in `environment.yml` and `sizes.yml` of `inventories/ENV/group_vars/all/`.",
        "",
        "| variable | must be given | what it may be | qa | prod |",
        "|---|---|---|---|---|",
    ]
    for name, rule in project.items():
        if rule.get("file") in OWN[:2]:
            must = "yes" if rule.get("required") else ""
            lines.append(f"| `{name}` | {must} | {accepts(rule)} | {_of(name, given)} |")
    return "\n".join(lines) + "\n"


def _application(project: dict) -> str:
    lines = [
        "## The application",
        "",
        "In `application.yml`. `app_services` has one entry for each container, `app_secrets` one",
        "for each file in which a container finds a secret.",
        "",
        "| variable | must be given | what it may be |",
        "|---|---|---|",
    ]
    for name, rule in project.items():
        if rule.get("file") == OWN[2]:
            lines.append(
                f"| `{name}` | {'yes' if rule.get('required') else ''} | {accepts(rule)} |"
            )
    for name in ("app_services", "app_secrets"):
        lines += ["", f"Keys of an entry of `{name}`:", ""]
        lines += ["| key | must be given | what it may be |", "|---|---|---|"]
        for key, rule in project[name]["values"]["keys"].items():
            lines.append(f"| `{key}` | {'yes' if rule.get('required') else ''} | {accepts(rule)} |")
    return "\n".join(lines) + "\n"


def _sizes(roles: list[Path], given: dict[str, dict]) -> str:
    known = {name: (role, option) for role in roles for name, option in options(role).items()}
    lines = [
        "## What the inventories set",
        "",
        "How big each environment is. Each line is a variable of a role below.",
        "",
        "| variable | of | qa | prod |",
        "|---|---|---|---|",
    ]
    for name in dict.fromkeys(name for env in given.values() for name in env):
        if name in known:
            role = known[name][0].name
            lines.append(f"| `{name}` | [{role}](#{role}) | {_of(name, given)} |")
    return "\n".join(lines) + "\n"


def _roles(roles: list[Path], known: Knowledge) -> str:
    lines = [
        "## Roles",
        "",
        "Each is described on its page under [components](components/README.md).",
        "",
    ]
    for role in roles:
        found = options(role)
        if not found:
            continue
        short = text(next(iter(specs(role).values()))["short_description"])
        lines += [
            f"### {role.name}",
            "",
            f"{short}. [Its page](components/{role.name}.md)",
            "",
            "| variable | default | what it may be | meaning |",
            "|---|---|---|---|",
        ]
        for name, option in found.items():
            rule = known.roles[role.name].options[name]
            default = code(value(option.get("default")))
            meaning = cell(text(option["description"]))
            lines.append(f"| `{name}` | {default} | {accepts(rule)} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def _shared(root: Path) -> str:
    lines = [
        "## What is shared by every environment",
        "",
        "In `group_vars/`; change it where other names or paths are wanted everywhere. The reasons",
        "stand beside the values in the files.",
    ]
    for page in sorted((root / "group_vars").glob("*.yml")):
        lines += ["", f"[group_vars/{page.name}](../group_vars/{page.name}):", ""]
        lines += ["| variable | value |", "|---|---|"]
        lines += [f"| `{name}` | {code(value(content))} |" for name, content in _load(page).items()]
    return "\n".join(lines) + "\n"


def _command(taken: dict, operations: dict) -> str:
    needed = {
        name: [verb for verb, rule in operations.items() if name in rule.get("options", [])]
        for name in taken
    }
    lines = [
        "## Options of the verbs",
        "",
        "With `-e NAME=VALUE`, besides every variable above. A verb's playbook says in its head",
        "what it makes of them.",
        "",
        "| option | what it may be | meaning |",
        "|---|---|---|",
    ]
    for name, rule in taken.items():
        must = (
            f" Must be given to {', '.join(f'`{verb}`' for verb in needed[name])}."
            if needed[name]
            else ""
        )
        meaning = cell(rule["help"][0].upper() + rule["help"][1:])
        lines.append(f"| `{name}` | {accepts(rule)} | {meaning}.{must} |")
    return "\n".join(lines) + "\n"


def _shell(root: Path) -> str:
    """The environment variables that lookups in roles, playbooks and group_vars read."""
    found: dict[str, set[str]] = {}
    for folder in ("group_vars", "playbooks", "roles"):
        for page in (root / folder).rglob("*.yml"):
            for name in re.findall(
                r"lookup\('(?:ansible\.builtin\.)?env', '(\w+)'\)", page.read_text()
            ):
                found.setdefault(name, set()).add(page.resolve().relative_to(root).as_posix())
    lines = [
        "## Environment variables",
        "",
        "Besides what boto3 and Ansible read (`AWS_PROFILE`, `AWS_REGION`, `ANSIBLE_...`).",
        "Those of the output and of the warm connection are on the pages [plan](plan.md) and",
        "[warm connection](warm-connection.md).",
        "",
        "| variable | is read in |",
        "|---|---|",
    ]
    for name, pages in sorted(found.items()):
        lines.append(
            f"| `{name}` | {', '.join(f'[{page}](../{page})' for page in sorted(pages))} |"
        )
    return "\n".join(lines) + "\n"
