# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""What a task that went well says to the user, and the lines that it changed in a file."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Callable
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.host_results import short, texts_of

SILENT_ASSERTION = "All assertions passed"
OWN = frozenset({"changed", "failed", "msg", "warnings", "deprecations", "invocation", "exception"})


def spoken(action: str, result: dict[str, Any], dump: Callable[[dict], str]) -> list[str]:
    """The lines that a `debug` (or an `assert` with a message of its own) is there to show."""
    if "censored" in result or "results" in result or result.get("skipped"):
        return []
    module, message = short(action), result.get("msg")
    if module == "assert" and message != SILENT_ASSERTION and not result.get("_quiet"):
        return str(message).splitlines() if message else []
    if module == "component_traces":
        return [str(message)] if message else []
    if module != "debug":
        return []
    if isinstance(message, list):
        return [str(line) for line in message]
    if isinstance(message, str):
        return message.splitlines()
    shown = {
        k: v for k, v in result.items() if k not in OWN and not k.startswith(("_", "ansible_"))
    }
    told = dump({"msg": message} if message is not None else shown).strip("\n")
    return textwrap.dedent(told).splitlines()


def prefixed(host: str, lines: list[str]) -> list[str]:
    """Lines with the host that speaks before the first."""
    return [f"{host}: {lines[0]}", *[f"  {line}" for line in lines[1:]]]


def changed_lines(diff: Any) -> list[str]:
    """The lines that a file loses (-) and gains (+), with one of context; nothing for other diffs."""
    before, after = texts_of(diff)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return [line for line in lines if not line.startswith(("---", "+++"))]
