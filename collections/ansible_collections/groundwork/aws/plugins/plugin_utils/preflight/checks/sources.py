# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Whether one environment was named, is there, and can be read."""

from __future__ import annotations

import re
from pathlib import Path

from ansible import context
from ansible.constants import DEFAULT_HOST_LIST
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import shown
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import (
    Finding,
    nearest,
)

NAMED = "the environment"


def check(environment: Environment) -> bool:
    """Note what is wrong with the inventories that were given; whether there is one to look into."""
    known = _known(environment)
    places = [place for place in environment.places if str(place) not in DEFAULT_HOST_LIST]
    for place in places:
        if not place.exists():
            near = nearest(place.name, known)
            write = f"Write -i {_path(environment, near)}." if near else _choose(environment)
            environment.add(Finding(NAMED, f"{shown(place)} does not exist", write))
            return False
    named = [place for place in places if _is_environment(place)]
    if len(named) > 1:
        listed = " and ".join(shown(place) for place in named)
        says = f"{len(named)} were given at once: {listed}. Their variables would mix"
        environment.add(Finding(NAMED, says, f"Write one: -i {shown(named[0])}."))
        return False
    within = [place for place in places if _environments(place)]
    # A platform hands over an inventory of its own making: it has components, but no folder.
    if within or not (named or environment.components):
        given = ", ".join(shown(place) for place in places)
        says = f"{given} is none (it has no components.yml)" if given else "is not named"
        environment.add(Finding(NAMED, says, _choose(environment)))
        return False
    for path, message, line in environment.reading.broken:
        write = "Correct the file; its other faults show in the next run."
        environment.add(Finding(Path(path).name, message.rstrip("."), write, shown(path), line))
    if not environment.components:
        if not environment.reading.broken:
            path = environment.folder / "components.yml"
            says = "no component is declared below the group components"
            write = "Write components: {children: {foundation: {hosts: {network: }}}}; see docs/."
            environment.add(Finding("components", says, write, shown(path)))
        return False
    _check_tags(environment)
    _check_limit(environment)
    # What a file that cannot be read would have said is not missing.
    return not environment.reading.broken


def _is_environment(place: Path) -> bool:
    return (place / "components.yml").is_file() or (place / "group_vars" / "all").exists()


def _environments(place: Path) -> list[Path]:
    """The environments in a folder of which each is one, such as inventories/."""
    if _is_environment(place) or not place.is_dir():
        return []
    return [path for path in place.iterdir() if path.is_dir() and _is_environment(path)]


def _known(environment: Environment) -> list[str]:
    folder = environment.inventories
    return sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


def _path(environment: Environment, name: str) -> str:
    return shown(environment.inventories / name)


def _choose(environment: Environment) -> str:
    known = _known(environment)
    listed = " or ".join(f"-i {_path(environment, name)}" for name in known)
    return f"Write {listed}." if known else "Write -i and the folder of an environment."


def _check_tags(environment: Environment) -> None:
    """Ansible passes over what does not carry a tag: everything of ours, without a word, and with exit code 0."""
    names = set(context.CLIARGS.get("tags") or ()) - {"all", "untagged"}
    if names:
        says = f"names {', '.join(sorted(names))}, and no task of ours has a tag: nothing would run"
        environment.add(Finding("--tags", says, "Write --limit and components or tiers instead."))


def _check_limit(environment: Environment) -> None:
    """Ansible only warns where one of several names is mistyped, and takes an empty limit for none."""
    given = context.CLIARGS.get("subset")
    if given is not None and not given.strip():
        # --limit "$COMPONENT" of a variable that is not set: a destroy would take everything.
        write = "Write components or tiers, or leave --limit out for the whole environment."
        environment.add(Finding("--limit", "is empty, which Ansible takes for everything", write))
        return
    limit = environment.variables(environment.anyone).get("ansible_limit") or ""
    groups = environment.groups
    known = {
        *groups,
        *(host for members in groups.values() for host in members),
        "app",
        "localhost",
    }
    for word in re.split(r"[,:]", str(limit)):
        name = word.strip().lstrip("!&")
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or name in known:
            continue
        near = nearest(name, known)
        write = f"Write {near}." if near else "Write components, tiers or hosts of the inventory."
        environment.add(Finding("--limit", f"names {name}, which there is not", write))
