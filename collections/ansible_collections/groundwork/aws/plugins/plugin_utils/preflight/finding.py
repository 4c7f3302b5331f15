# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""One thing that is wrong with an inventory, a command or a machine, and the message of them all."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what to write instead.

    `key` is the variable with its path (app_services.api.port), or what else is at fault; `says`
    completes the sentence that the key begins; `write` is what to do; `path` and `line` say where.
    """

    key: str
    says: str
    write: str
    path: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """File and line as an editor takes them: inventories/qa/group_vars/all/sizes.yml:7."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelled one most likely means, if any is near."""
    found = difflib.get_close_matches(word, sorted(set(known)), n=3, cutoff=0.65)
    # Names of one role begin alike, which tells nothing: what follows must be near too.
    return next((near for near in found if _alike(*_without_beginning(word, near))), None)


def _without_beginning(one: str, other: str) -> tuple[str, str]:
    head, _, rest = one.partition("_")
    other_head, _, other_rest = other.partition("_")
    return (rest, other_rest) if rest and head == other_head else (one, other)


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= 0.6


def report(findings: list[Finding], environment: str) -> str:
    """All findings as one text, grouped by file, each with its key, its fault and its remedy."""
    things = "1 thing is" if len(findings) == 1 else f"{len(findings)} things are"
    lines = [f"{things} wrong with {environment}. Nothing was changed."]
    places: dict[str, list[Finding]] = {}
    for finding in findings:
        places.setdefault(finding.path, []).append(finding)
    for path, group in sorted(places.items(), key=lambda item: (item[0] == "", item[0])):
        lines += ["", path or "the command and this machine"]
        for finding in sorted(group, key=lambda item: (item.line or 0, item.key)):
            line = f"line {finding.line}, " if finding.line else ""
            lines += wrap(f"{line}{finding.key}: {finding.says}.", "  ")
            lines += wrap(finding.write, "    -> ")
    return "\n".join(lines)


def wrap(text: str, indent: str) -> list[str]:
    """Lines of `text`, of which the first begins with `indent` and the others are as deep."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
