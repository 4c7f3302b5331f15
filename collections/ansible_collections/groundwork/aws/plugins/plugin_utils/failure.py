# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""A failed task in words, and what to type next."""

from __future__ import annotations

import os
import re
import shlex
import textwrap
from collections.abc import Callable
from typing import Any

# What a message says already, or what helps nobody who has to correct something.
NOISE = frozenset([
    "changed", "failed", "msg", "exception", "invocation", "diff", "warnings", "deprecations",
    "stdout_lines", "stderr_lines", "attempts", "retries", "start", "end", "delta",
    "boto3_version", "botocore_version", "response_metadata", "resource_actions", "ansible_facts",
    "ansible_loop_var", "item", "results", "censored", "skip_reason", "assertion", "evaluated_to",
    "failed_when_result", "changed_when_result", "cmd", "tmp",
])  # fmt: skip
TEXTS = ("stderr", "stdout", "module_stderr", "module_stdout")
SECRET = re.compile(r"passw|secret|token|private|credential|(^|_)key$", re.I)


def message(result: dict[str, Any]) -> str:
    """A result's message; of a hidden one only that it is hidden."""
    if "censored" in result:
        return "The details are hidden, since the task handles secrets (no_log)."
    told = result.get("msg") or result.get("reason") or "It says no reason."
    if isinstance(told, list):
        return "\n".join(str(line) for line in told)
    return str(told).strip()


def where(path: str | None) -> str:
    """A task's file and line, as seen from here."""
    if not path:
        return ""
    near = os.path.relpath(path)
    return path if near.startswith("..") else near


def block(
    head: str, result: dict[str, Any], dump: Callable[[dict[str, Any]], str], path: str | None
) -> list[str]:
    """A failure as lines: head, place in the file, message, and what else the module said.

    `dump` prints a dict as the output's format wants it.
    """
    text = message(result)
    lines = [head] + ([f"  in {where(path)}"] if path else [])
    lines += [f"  {line}" if line else "" for line in text.splitlines()]
    if "censored" in result:
        return lines
    for key in TEXTS:
        said = str(result.get(key) or "").strip()
        if said and said not in text:
            lines += [f"  {key}:", *[f"    {line}" for line in said.splitlines()]]
    rest = {
        key: it
        for key, it in result.items()
        if key not in NOISE and key not in TEXTS and not key.startswith("_ansible_")
        if it not in (None, "", [], {})
    }
    if rest:
        told = textwrap.dedent(dump(rest).strip("\n"))
        lines += [f"  {line}" for line in told.splitlines()]
    return lines


def command(argv: list[str]) -> str:
    """The command line to type again; the value of an extra variable that sounds secret is left out."""
    words = [os.path.basename(argv[0]), *argv[1:]]
    shown = []
    for before, word in zip(["", *words], words, strict=False):
        key, equals, _ = word.partition("=")
        if before in ("-e", "--extra-vars") and equals and SECRET.search(key):
            word = f"{key}=..."
        shown.append(shlex.quote(word))
    return " ".join(shown)


def ending(failed: list[dict[str, str]], argv: list[str], check: bool) -> list[str]:
    """What failed where, once more and short, and what to type next."""
    seen = dict.fromkeys((one["host"], one["task"]) for one in failed)
    lines = [f"Failed: {host}: {task}" for host, task in seen]
    again = "see the whole plan" if check else "go on: what stands is kept"
    return [
        *lines,
        f"Correct the cause (above), then type this again to {again}:",
        f"  {command(argv)}",
    ]
