"""What docs/iam holds: recorded calls, the policies that follow, the table of what is `*`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from scripts.policies.generate import policies
from scripts.policies.reference import SCOPES, action_of, kinds

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "iam"
CALLS = FOLDER / "calls.json"
PAGE = FOLDER / "README.md"
BEGIN, END = "<!-- what is *, by scripts/iam-policies -->\n", "<!-- end -->\n"
# What an operation begins with: whoever may provision or destroy may look at what that would do.
# A pipeline's role is made by the component identity, so its part of a deploy has no file here.
INCLUDES = {
    "plan": [],
    "provision": ["plan"],
    "deploy": ["pipeline"],
    "destroy": ["plan"],
    "backup": [],
}
# What an operator has besides where a component by choice is switched on.
INCLUDES |= {"account": [], "backup_plan": [], "trail": []}


def recorded() -> dict[str, list[str]]:
    """The calls of each operation, `service:Operation`, as they were recorded."""
    found = json.loads(CALLS.read_text()) if CALLS.exists() else {}
    return {operation: found.get(operation, []) for operation in INCLUDES}


def calls_of(operation: str) -> list[str]:
    """All calls that an operation's policies allow."""
    known, read = recorded(), yaml.safe_load(Path(__file__).with_name("read.yml").read_text())
    names = [operation, *INCLUDES.get(operation, [])]
    return sorted({call for name in names for call in known.get(name, []) + read.get(name, [])})


def load(path: Path) -> list[dict[str, Any]]:
    """The calls of a file that the emulator wrote."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def add(operation: str, calls: list[dict[str, Any]]) -> list[str]:
    """Keep calls as an operation's; those that were new."""
    known = recorded()
    names = {f"{one['service']}:{one['action']}" for one in calls if one["service"] != "unsigned"}
    new = sorted(names - set(known[operation]))
    known[operation] = sorted(names | set(known[operation]))
    CALLS.write_text(json.dumps(known, indent=2) + "\n")
    return new


def kept(operation: str) -> list[dict[str, Any]]:
    """The policies of an operation that the docs hold."""
    return [json.loads(path.read_text()) for path in paths(operation)]


def paths(operation: str) -> list[Path]:
    """The files of an operation's policies: `plan.json`, or `plan-1.json` and on."""
    return sorted(FOLDER.glob(f"{operation}.json")) + sorted(FOLDER.glob(f"{operation}-[0-9].json"))


def documents() -> dict[Path, str]:
    """All files of docs/iam that follow from the calls, with their content."""
    found = {}
    for operation in INCLUDES:
        made = policies(calls_of(operation))
        for number, policy in enumerate(made, 1):
            name = f"{operation}-{number}.json" if len(made) > 1 else f"{operation}.json"
            found[FOLDER / name] = json.dumps(policy, indent=2) + "\n"
    before, _, rest = PAGE.read_text().partition(BEGIN)
    found[PAGE] = before + BEGIN + wide_table() + END + rest.partition(END)[2]
    return found


def stale() -> list[str]:
    """The files that are not what the calls make of them."""
    wanted = documents()
    there = {path for operation in INCLUDES for path in paths(operation)} | {PAGE}
    return sorted(
        path.name
        for path in wanted.keys() | there
        if not path.exists() or wanted.get(path) != path.read_text()
    )


def write() -> list[str]:
    """Write what is stale; the names of what was written or deleted."""
    names, wanted = stale(), documents()
    for name in names:
        path = FOLDER / name
        if path in wanted:
            path.write_text(wanted[path])
        else:
            path.unlink()
    return names


def wide_table() -> str:
    """Which actions are granted on `*`, or on all of a kind, and why."""
    actions = {action_of(*call.split(":")) for name in INCLUDES for call in calls_of(name)} - {""}
    lists, types = SCOPES["lists"], SCOPES["types"]
    rows = {"IAM knows no resource for the action": []}
    for action in sorted(actions):
        if action in lists:
            rows.setdefault(lists[action], []).append(action)
        elif action in SCOPES["statements"]:
            why = "IAM knows no resource for the action, but a condition"
            rows.setdefault(why, []).append(action)
        elif not kinds(action) and action != "ec2:CreateTags":
            rows["IAM knows no resource for the action"].append(action)
        for kind in kinds(action):
            if why := types[kind.name].get("why"):
                rows.setdefault(why, []).append(action)
    lines = ["| actions | why |", "|---|---|"]
    lines += [
        f"| {', '.join(f'`{one}`' for one in names)} | {why} |" for why, names in rows.items()
    ]
    return "\n".join(lines) + "\n"
