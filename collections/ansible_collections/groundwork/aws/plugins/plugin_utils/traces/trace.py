# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The trace of a component: what its tasks learned in a run in which there was nothing to do.

Tasks do the same again where they learn the same again, so what a trace holds is asked anew, and
its component passed over where nothing differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.inputs import contents

# What identifies a call, in the order of the key.
ASKED = ("service", "region", "endpoint", "operation", "params", "page")
# They learn nothing but what variables say.
PURE = frozenset(
    f"ansible.builtin.{name}"
    for name in (
        *("assert", "debug", "fail", "include_role", "include_tasks", "include_vars", "meta"),
        *("import_role", "import_tasks", "set_fact", "validate_argument_spec"),
    )
) | {"groundwork.aws.announce"}


class NoTrace(Exception):
    """A component that cannot be passed over next time; the message says why."""


def digest(value: Any) -> str:
    """A short name of plain data."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def key(call: Mapping[str, Any]) -> str:
    """What two calls share that ask the same."""
    return json.dumps([call[name] for name in ASKED], sort_keys=True)


@dataclass
class Trace:
    """inputs: their digest; check: whether of a plan; when: ISO 8601; calls: with their answers' digests; files: path
    -> digest; needs: component -> digest of its outputs; outputs: its own; resources: type and name; seen: as of a plan.
    """

    inputs: str
    check: bool
    when: str
    calls: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    resources: list[dict[str, str]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    def differs(self, inputs: str | None, check: bool) -> str:
        """Why the trace does not hold for a run with these inputs; empty where it may."""
        if self.inputs != inputs:
            return "its variables, Groundwork's code or the environment are other ones"
        # What a plan leaves out, such as waiting, a run may have to do.
        if self.check and not check:
            return "it was seen by a plan only"
        changed = [path for path, told in self.files.items() if contents(path) != told]
        return f"{changed[0]} is another file" if changed else ""

    def disproved(self, answers: Mapping[str, str | None]) -> str:
        """Which of its calls is answered otherwise, by `key`; empty where none is."""
        for call in self.calls:
            if answers.get(key(call)) != call["answer"]:
                return f"{call['service']} {call['operation']} answers otherwise"
        return ""


def learned(lines: Iterable[Mapping[str, Any]], actions: Iterable[str]) -> dict[str, Any]:
    """Calls and files of a recording's lines. `actions`: what the component's tasks were. Raises NoTrace."""
    calls: dict[str, dict[str, Any]] = {}
    files: dict[str, str] = {}
    heard = set()
    for line in lines:
        if "unknown" in line:
            raise NoTrace(line["unknown"])
        if "module" in line:
            heard.add(line["module"])
        elif "opened" in line:
            files[line["opened"]] = contents(line["opened"])
        else:
            if line["params"] is None or line["answer"] is None:
                raise NoTrace(f"{line['service']} {line['operation']} cannot be asked again")
            known = calls.setdefault(key(line), dict(line))
            if known["answer"] != line["answer"]:
                raise NoTrace(f"{line['service']} {line['operation']} had two answers")
    others = set(actions) - PURE - heard
    if others:
        raise NoTrace(f"nobody heard what {sorted(others)[0]} did")
    return {"calls": list(calls.values()), "files": files}


def standing(
    traces: Mapping[str, Trace],
    sound: Iterable[str],
    graph: Mapping[str, list[str]],
    recalled: Mapping[str, str],
) -> set[str]:
    """Which of the components `sound` are in step with what they need.

    graph: component -> what it needs; recalled: digests of the outputs of components that this run leaves out.
    """
    passed = set(sound)

    def holds(name: str) -> bool:
        return all(
            traces[name].needs.get(need)
            == (digest(traces[need].outputs) if need in passed else recalled.get(need, ""))
            for need in graph.get(name, [])
        )

    while True:
        fallen = {name for name in passed if not holds(name)}
        if not fallen:
            return passed
        passed -= fallen
