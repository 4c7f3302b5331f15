# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What decides what components' tasks do, besides AWS's answers: the code, the inventory, the environment.

All of it in one digest, for any component may read any variable. Whatever is not sure to be without effect is in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Quotes as in YAML, or as JSON writes them.
ENV = re.compile(
    r"""(?:lookup|query|q)\(\s*\\?['"](?:ansible\.builtin\.)?env\\?['"]\s*,\s*([^)]*)\)"""
)
NAME = re.compile(r"""^\\?['"](\w+)\\?['"]""")
# What may come out another way another time.
CHANCE = re.compile(r"\bnow\s*\(|\|\s*(?:random|shuffle)\b|\brandom_\w+")
SURROUNDINGS = ("AWS_", "BOTO")
# Who one is does not decide what is done; AWS tells what one may. These are other ones each time.
CREDENTIALS = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_EXECUTION_ENV",
    }
)
ALWAYS = ("HOME", "TZ")


def files(trees: Iterable[str]) -> list[Path]:
    """The files of some folders (or files), but what Python compiled."""
    found = []
    for tree in trees:
        top = os.path.realpath(tree)
        if os.path.isfile(top):
            found.append(Path(top))
        for folder, below, names in os.walk(top, followlinks=True):
            below[:] = [name for name in below if name != "__pycache__"]
            found += [Path(folder, name) for name in names]
    return sorted(set(found))


def stamps(trees: Iterable[str]) -> list[tuple[str, int, int]]:
    """What tells whether installed code was changed: names, sizes and times of its files."""
    told = []
    for path in files(trees):
        seen = path.stat()
        told.append((str(path), seen.st_size, seen.st_mtime_ns))
    return told


@dataclass
class Inputs:
    """What a run's files say: their digest, and which of the environment's variables they read."""

    told: str
    names: list[str]
    all_names: bool = False

    @classmethod
    def read(cls, trees: list[str], installed: list[str], versions: list[str]) -> Inputs:
        """`trees`: folders of our own code and the inventory's sources, which are read; `installed`: folders of
        others' code; `versions`: of what has no folder.
        """
        told = hashlib.sha256(json.dumps([versions, sys.version, stamps(installed)]).encode())
        found = cls("", [])
        for path in files(trees):
            text = path.read_bytes()
            told.update(f"{path.name} {len(text)} ".encode() + text)
            found._note(text.decode(errors="replace"))
        found.told = told.hexdigest()
        return found

    def _note(self, text: str) -> None:
        """Which of the environment's variables a text reads."""
        if "env" in text:
            for argument in ENV.findall(text):
                name = NAME.match(argument)
                self.all_names |= name is None
                if name and name[1] not in self.names:
                    self.names.append(name[1])

    def digest(self, hosts: Mapping[str, Mapping[str, Any]]) -> str | None:
        """With these raw variables by host; None where they leave something to chance."""
        text = json.dumps(hosts, sort_keys=True, default=_plain)
        if CHANCE.search(text):
            return None
        self._note(text)
        always = {*ALWAYS, *(name for name in os.environ if name.startswith(SURROUNDINGS))}
        names = set(os.environ) if self.all_names else {*self.names, *always}
        environment = {name: os.environ.get(name) for name in sorted(names - CREDENTIALS)}
        whole = "\n".join((self.told, text, json.dumps(environment)))
        return hashlib.sha256(whole.encode()).hexdigest()


def _plain(value: Any) -> str:
    # What is in a vault is told by its cipher: it need not be opened.
    return str(getattr(value, "_ciphertext", None) or value)


def variables(raw: Mapping[str, Any], besides: Iterable[str]) -> dict[str, Any]:
    """Those of a host's raw variables that a role can see, and that a run does not make itself.

    `besides`: what a verb takes with -e.
    """
    own = {"groups", "omit", "playbook_dir", "inventory_dir", "inventory_file", "recalled_outputs"}
    hidden = own | set(besides)
    return {
        str(name): value
        for name, value in raw.items()
        if name not in hidden and not str(name).startswith(("_", "ansible_"))
    }


def contents(path: str) -> str:
    """A digest of a file; an empty string where it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""
