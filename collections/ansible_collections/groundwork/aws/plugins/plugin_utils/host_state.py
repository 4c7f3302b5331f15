# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What to ask a host of its files and units, and which of them are not as they are to be. Pure.

Files and units are dictionaries as the module host_state_info takes them; of a file with a template
or a source, its `content` is the text itself here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SHOWN = "Id,ActiveState,UnitFileState,NeedDaemonReload,StateChangeTimestamp"


def questions(files: list[dict[str, Any]], units: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Commands whose answers `State.told` reads; none of what nobody wants."""
    paths = [one["path"] for one in files]
    sums = [one["path"] for one in files if one.get("content") is not None]
    names = [one["name"] for one in units]
    every = {
        "files": (["stat", "--printf", r"%n\t%U:%G:%a\t%F\t%Y\n"], paths),
        "sums": (["sha256sum"], sums),
        "units": (["systemctl", "show", "--timestamp=unix", f"--property={SHOWN}"], names),
    }
    return {name: [*words, *asked] for name, (words, asked) in every.items() if asked}


@dataclass(frozen=True)
class File:
    """A file as it is: `owner` as USER:GROUP:MODE, when it was written in seconds since 1970."""

    owner: str
    kind: str
    written: int


@dataclass(frozen=True)
class State:
    """What a host said of itself: files by path, sums of their contents, units' properties by name."""

    files: dict[str, File] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    units: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def told(cls, answers: dict[str, dict[str, Any]]) -> State:
        """Read the answers to `questions`, each with its `stdout`; one that is missing says nothing."""
        said = {
            name: str(answers.get(name, {}).get("stdout", ""))
            for name in ("files", "sums", "units")
        }
        rows = [line.split("\t") for line in said["files"].splitlines()]
        sums = [line.split(maxsplit=1) for line in said["sums"].splitlines()]
        blocks = [block.splitlines() for block in said["units"].split("\n\n")]
        shown = [dict(line.split("=", 1) for line in block) for block in blocks]
        return cls(
            {path: File(owner, kind, int(written)) for path, owner, kind, written in rows},
            {path: digest for digest, path in sums},
            {unit["Id"]: unit for unit in shown if "Id" in unit},
        )

    def like(self, wanted: dict[str, Any]) -> bool:
        """Whether a file or a unit is as it is to be."""
        return self._file_like(wanted) if "path" in wanted else self._unit_like(wanted)

    def stale(self, wanted: dict[str, Any]) -> bool:
        """Whether a unit has not taken up what it reads: that is newer than its last change."""
        changed = self.units.get(wanted["name"], {}).get("StateChangeTimestamp", "").lstrip("@")
        read = [
            self.files[path].written for path in wanted.get("reads") or [] if path in self.files
        ]
        return any(written > int(changed or 0) for written in read)

    def _file_like(self, wanted: dict[str, Any]) -> bool:
        found = self.files.get(wanted["path"])
        if wanted.get("state") == "absent":
            return found is None
        directory = wanted.get("state") == "directory"
        mode = wanted.get("mode") or ("755" if directory else "644")
        if found is None or not found.kind.endswith("directory" if directory else "file"):
            return False
        if not wanted.get("others") and found.owner != f"root:root:{mode}":
            return False
        content = wanted.get("content")
        return content is None or self.sums.get(wanted["path"]) == digest(content)

    def _unit_like(self, wanted: dict[str, Any]) -> bool:
        unit = self.units.get(wanted["name"], {})
        active, enabled = (
            unit.get("ActiveState") == "active",
            unit.get("UnitFileState") == "enabled",
        )
        return (
            unit.get("NeedDaemonReload") == "no"
            and (wanted.get("active") is None or wanted["active"] == active)
            and (wanted.get("enabled") is None or wanted["enabled"] == enabled)
            and not self.stale(wanted)
        )


def digest(content: str) -> str:
    """The SHA-256 of a text, as sha256sum tells it."""
    return hashlib.sha256(content.encode()).hexdigest()


def name_of(wanted: dict[str, Any]) -> str:
    """What a file or a unit goes by."""
    return str(wanted.get("path") or wanted["name"])


def names(wanted: Iterable[dict[str, Any]]) -> list[str]:
    """What several of them go by."""
    return [name_of(one) for one in wanted]
