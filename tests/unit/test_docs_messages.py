"""The messages that docs/troubleshooting.md explains are those that the project says."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (
    "roles",
    "playbooks",
    "plugins",
    "collections/ansible_collections/groundwork",
    "lab",
    "scripts",
)
# Words of AWS's and the names of options, which are in no message of ours.
OTHERS = {"appendonly", "--limit"}
ROWS = [
    row.split(" | ")[0].removeprefix("| ")
    for row in (ROOT / "docs" / "troubleshooting.md").read_text().splitlines()
    if row.startswith("| ") and not row.startswith("| you see")
]
MESSAGES = [message for row in ROWS for message in re.findall(r"`([^`]+)`", row)]


@functools.cache
def said() -> str:
    texts = []
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.is_file()
                and path.suffix in ("", ".py", ".yml", ".j2")
                and "__pycache__" not in path.parts
            ):
                texts.append(path.read_text(errors="ignore"))
    return re.sub(r"['\"]?\s*\n\s*f?['\"]?|\s+", " ", "\n".join(texts))


@pytest.mark.parametrize("message", [one for one in MESSAGES if one not in OTHERS])
def test_a_message_is_one_of_ours(message):
    # What is filled in is written as three dots.
    for part in (part.strip(" .") for part in message.split("...")):
        assert part in said(), f"nobody says {part!r}"
