# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Makes a plan of what callbacks are told. Each callback has a collector of its own."""

from __future__ import annotations

import functools
import os
import subprocess
from typing import Any

from ansible import context
from ansible_collections.groundwork.aws.plugins.plugin_utils.drift import (
    STANDING,
    identifiers,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.host_results import observe
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import Plan
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import KEY, resources_of

COMPONENTS = "components"
# Where a task that runs once for all components counts.
SHARED = "environment"
# The task that finds components at which nothing is to be done.
LOOK = "groundwork.aws.component_traces"
# The task that tells what a month costs, as it knows the whole inventory.
PREFLIGHT = "groundwork.aws.preflight"


@functools.cache
def commit() -> str | None:
    """The commit that runs, with «-dirty» where files differ from it; None outside of git."""
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def inventory() -> list[str]:
    """The inventory's sources, as seen from here."""
    sources = context.CLIARGS.get("inventory") or []
    return [s if "," in s else os.path.relpath(s) for s in sources]


def facts(variables: dict[str, Any]) -> dict[str, Any]:
    """What a run is about, of its variables `project` and `env` and its command line."""
    return {
        "project": str(variables.get("project") or ""),
        "environment": str(variables.get("env") or ""),
        "check": bool(context.CLIARGS.get("check")),
        "limit": context.CLIARGS.get("subset"),
        "inventory": inventory(),
        "commit": commit(),
    }


def is_item_report(result: Any) -> bool:
    """Whether this is a loop's result, whose items were reported one by one before it."""
    return bool(result.task.loop) and "results" in result.result


def task_name(task: Any) -> str:
    """A task's name without its role's."""
    return task.get_name().rpartition(" : ")[2]


def is_component(host: Any) -> bool:
    """Whether a host of the inventory is a component of the environment."""
    return any(group.name == COMPONENTS for group in host.get_groups())


def passed_over(result: Any) -> dict[str, list[dict[str, Any]]]:
    """The resources of components whose tasks do not run, since they would find nothing to do."""
    if result.task.action != LOOK:
        return {}
    return {
        name: [{**resource, "action": "unchanged", "changes": []} for resource in one["resources"]]
        for name, one in result.result["components"].items()
    }


def rescued(task: Any) -> bool:
    """Whether a failure of `task` leads into a rescue."""
    child, parent = task, task._parent
    while parent is not None:
        if getattr(parent, "rescue", None) and _within(child, getattr(parent, "block", [])):
            return True
        child, parent = parent, getattr(parent, "_parent", None)
    return False


def _within(child: Any, tasks: list[Any]) -> bool:
    return any(getattr(one, "_uuid", None) == getattr(child, "_uuid", "") for one in tasks)


class Collector:
    """Feeds a plan from the events of a run."""

    def __init__(self) -> None:
        self.plan = Plan()
        self._known = False

    def play(self, play: Any) -> None:
        """A play begins: the first one tells what the run is about."""
        if not self.plan.facts["operation"]:
            self.plan.facts["operation"] = str(play.get_vars().get("operation") or "")
        if self._known:
            return
        self._known = True
        variables = self._variables(play)
        self.plan.facts.update(facts(variables))

    def _variables(self, play: Any) -> dict[str, Any]:
        """Variables that every host of the inventory shares, read from one of them."""
        manager = play.get_variable_manager()
        hosts = manager._inventory.get_hosts("all", ignore_limits=True) if manager else []
        self.plan.order = [host.get_name() for host in hosts]
        if not hosts:
            return {}
        # A component rather than a machine, whose variables are AWS's and may be named anyhow.
        host = next(filter(is_component, hosts), hosts[0])
        return manager.get_vars(play=play, host=host, include_hostvars=False)

    def place(self, host: Any, task: Any) -> tuple[str, bool]:
        """Where a task of a host counts: a name, and whether it is a host, not a component."""
        component = is_component(host)
        # Where all hosts begin together, the first of them is as often a machine.
        if task.run_once and (component or task.delegate_to == "localhost"):
            return SHARED, False
        return host.get_name(), not component

    def ok(self, result: Any, item: bool = False) -> list[dict[str, Any]]:
        """A task, or one item of a loop, went well: adds its resources, and returns them."""
        if not item and is_item_report(result):
            return []
        if result.task.action == PREFLIGHT:
            self.plan.cost = result.result.get("cost")
        for name, resources in passed_over(result).items():
            for resource in resources:
                self.plan.add(name, resource)
            self.plan.seen.update(result.result["components"][name]["seen"])
            self.plan.seen.update(str(resource["name"]) for resource in resources)
        found = resources_of(result) if KEY in result.task.vars else self._read(result, item)
        place, host = self.place(result.host, result.task)
        for resource in found:
            self.plan.add(place, resource, host)
        if not host and (found or result.task.action in STANDING):
            self.plan.seen |= identifiers(result.result) | {str(one["name"]) for one in found}
        return found

    def _read(self, result: Any, item: bool) -> list[dict[str, Any]]:
        task, seen = result.task, result.result
        args = {k: v for k, v in task.args.items() if not str(k).startswith("_ansible_")}
        label = str(seen.get("_ansible_item_label") or "") if item else ""
        return observe(task.action, task_name(task), args, seen, label)

    def failed(self, result: Any, message: str) -> bool:
        """A task failed for good: notes it unless it is rescued; returns whether it was noted."""
        if rescued(result.task):
            return False
        self.plan.fail(result.host.get_name(), task_name(result.task), message)
        return True
