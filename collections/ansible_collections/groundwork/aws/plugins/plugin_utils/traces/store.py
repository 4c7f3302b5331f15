# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The traces of an environment, kept on this machine below Ansible's home. A cache: lost, it costs a run its time."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible import constants
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.trace import Trace, digest

FORMAT = 1
# Of one component: one goes back and forth between a few sets of variables, as between two branches.
MOST = 4
Traces = dict[str, list[Trace]]


def place(facts: Mapping[str, str]) -> Path:
    """The file of an environment, by its project, environment, account, region and endpoint."""
    name = f"{facts['project']}-{facts['environment']}-{digest(dict(facts))[:12]}.json"
    return Path(constants.ANSIBLE_HOME, "groundwork", "traces", name.replace("/", "-"))


def read(path: Path) -> Traces:
    """Traces by component, the newest first; none where there is no sound file."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            return {}
        return {
            name: [Trace(**one) for one in several] for name, several in told["components"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def fitting(traces: Traces, names: Iterable[str], inputs: str | None) -> dict[str, Trace]:
    """For each of these components its trace with these inputs, else its newest one, if it has any."""
    return {
        name: next((one for one in traces[name] if one.inputs == inputs), traces[name][0])
        for name in names
        if traces.get(name)
    }


def with_new(traces: Traces, new: Mapping[str, Trace]) -> Traces:
    """Traces with new ones, each in the place of the one with its inputs."""
    return {
        **traces,
        **{
            name: [one, *(old for old in traces.get(name, []) if old.inputs != one.inputs)][:MOST]
            for name, one in new.items()
        },
    }


def write(path: Path, traces: Traces) -> None:
    """Keep traces, for this user alone, whole or not at all. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {name: [one.to_dict() for one in several] for name, several in traces.items()}
    handle, new = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"format": FORMAT, "components": told}, out, default=str)
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise


def read_epoch(path: Path) -> int | None:
    """The epoch in which a run of this machine last had the lock, if it went by these traces."""
    try:
        return int(_epochs(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def write_epoch(path: Path, epoch: int) -> None:
    """Note the epoch of this run's lock. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _epochs(path).write_text(str(epoch), encoding="ascii")


def _epochs(path: Path) -> Path:
    return path.with_suffix(".epoch")
