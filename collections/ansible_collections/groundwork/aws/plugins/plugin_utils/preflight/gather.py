# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""An environment, gathered from what Ansible loaded and from the files it was loaded from."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (
    Definition,
    command_line,
    read,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    LOCALHOST,
    Environment,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import Knowledge


def gather(
    loader: DataLoader, hostvars: Any, extra: dict[str, Any], known: Knowledge
) -> Environment:
    """The environment of a run.

    `hostvars` has `raw_get(host)`; `extra` holds the variables of the command line.
    """
    local = hostvars.raw_get(LOCALHOST)
    sources = [str(source) for source in local.get("ansible_inventory_sources") or ()]
    places: list[Path] = []
    for source in sources:
        path = Path(source)
        place = path.parent if path.is_file() else path
        if place not in places:
            places.append(place)
    named = (
        [p for p in places if (p / "components.yml").is_file()] or places or [Path("inventories")]
    )
    reading = read(loader, named[0], known.folder.parent)
    # What the project's own group_vars say is known, whether or not it has a rule.
    for definition in reading.definitions:
        if definition.shared and known.rule(definition.name) is None:
            known.project[definition.name] = {"type": "raw"}
    return Environment(
        folder=named[0],
        places=places,
        inventories=known.folder.parent / "inventories",
        hostvars=hostvars,
        groups=local.get("groups") or {},
        loader=loader,
        knowledge=known,
        reading=reading,
        extra=command_line(_numbered(extra, known)),
        own=_own(reading.definitions),
    )


def _numbered(extra: dict[str, Any], known: Knowledge) -> dict[str, Any]:
    """What `-e name=3` gives as a text, where its rule takes that: the number that an inventory would have."""
    found = dict(extra)
    for name, value in extra.items():
        if isinstance(value, str) and (known.rule(name) or {}).get("text"):
            with suppress(ValueError):  # the rule says what is wrong with it
                found[name] = int(value)
    return found


def _own(definitions: list[Definition]) -> set[str]:
    """The names that the inventory says are the user's own."""
    return {
        str(name)
        for definition in definitions
        if definition.name == "preflight_own_variables" and isinstance(definition.value, list)
        for name in definition.value
    }
