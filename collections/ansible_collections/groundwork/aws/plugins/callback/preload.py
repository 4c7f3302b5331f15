# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Import once what every worker would import."""

from __future__ import annotations

DOCUMENTATION = r"""
name: preload
type: notification
short_description: Import in the main process what tasks need to look at AWS resources
description:
  - Ansible forks a worker for each task. To look at a resource (see docs/plan.md) a worker needs boto3 and
    the model of a service, about 0.3 s of CPU. Imported here, before the fork, they cost that once a run.
  - The same with the connection plugins, whose options alone cost each worker a fifth of its time, and with filters and tests.
  - A check run makes no client until a task announces a change, or manages what its module is silent about, so a plan of a converged
    environment pays next to nothing.
  - Where a playbook works on app hosts and provisions nothing, their SSH sessions are opened meanwhile.
  - Where the playbook looks for what is as it was (docs/traces.md), what it will ask AWS is asked in the background meanwhile.
  - Workers end with a run that was killed (Linux), instead of waiting for ever for somebody to read their result.
  - What is there before the first fork is not looked at again by the workers' garbage collection, and so stays shared with them.
version_added: 0.1.0
author: Groundwork contributors
requirements:
  - enabled in C(ansible.cfg), O(ignore:callbacks_enabled)
"""

import gc
import importlib
import inspect
import os
import sys
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import (
    action_loader,
    connection_loader,
    filter_loader,
    lookup_loader,
    shell_loader,
    test_loader,
)
from ansible.template import Templar, trust_as_template
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    bereaved,
    observation,  # noqa: F401 - for the workers, forked with it
    sessions,
    templates,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.clients import preload
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import (
    COMPONENTS,
    LOOK,
    is_component,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.registry import kind_of
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import ahead

display = Display()

WARM = "groundwork.aws.warm"
APP = "app"
# As group_vars give it to components.
DATA = str(Path(__file__).parents[2] / "botocore")
PLUGINS = {
    action_loader: ("ansible.legacy.normal", "ansible.builtin.normal"),
    connection_loader: ("groundwork.aws.warm", "ansible.builtin.local"),
    shell_loader: ("ansible.builtin.sh",),
    lookup_loader: ("ansible.builtin.env", "ansible.builtin.vars"),
    # To find one filter, Ansible imports all of its collection.
    filter_loader: ("ansible.builtin.combine", "groundwork.aws.resource_name"),
    test_loader: ("ansible.builtin.defined",),
}
PROFILES = ("_module_legacy_c2m", "_module_legacy_m2c")
"""How modules' arguments and results are written: see ansible.module_utils._internal._json."""
PATIENCE = 5.0  # seconds


def rehearse() -> None:
    """Do once what each worker does for the first time in its life, and Ansible remembers afterwards."""
    # Ansible asks each time a loop has no items; the files that it reads for that stay in memory.
    inspect.stack()
    templates.remember()
    Templar(loader=DataLoader()).template(trust_as_template("{{ 'a' | upper }}"))
    try:
        for name in PROFILES:
            importlib.import_module(f"ansible.module_utils._internal._json._profiles.{name}")
        results = importlib.import_module("ansible._internal._task").UnifiedTaskResult
        for one in (results.from_module_result_dict({}), results.from_action_result_dict({})):
            one.as_result_dict(for_round_trip=True)
            one.as_result_dict()
    except Exception as error:  # its internals are its own: then each worker does it
        display.vvv(f"groundwork.aws.preload: not rehearsed: {error!r}")


def look_of(playbook: Any) -> Any:
    """The task of a playbook that looks for what is as it was; None where it has none."""
    tasks = (
        task
        for play in playbook.get_plays()
        for block in play.tasks
        for task in getattr(block, "block", [])
    )
    # A block within a block has no action.
    return next((task for task in tasks if getattr(task, "action", None) == LOOK), None)


def warm_up(play: Any, look: Any) -> None:
    """Start the warm process where components will want it (P(groundwork.aws.warm#connection)), and have it asked.

    look: the task that asks later, or None.
    """
    manager = play.get_variable_manager()
    hosts = manager._inventory.get_hosts(COMPONENTS, ignore_limits=True) if manager else []
    if not hosts:
        return
    told = manager.get_vars(play=play, host=hosts[0], include_hostvars=False)
    templates.foresee(told.values())
    if told.get("ansible_connection") != WARM:
        return
    try:
        context = PlayContext(play=play)
        connection = connection_loader.get(WARM, context)
        connection.set_options(var_options=told)
        connection.prepare(sys.executable, {**os.environ, "AWS_DATA_PATH": DATA})
        if look:
            ahead.begin(lambda: ask_ahead(look, manager, connection, context))
    except Exception as error:  # the first task will find the same, and say it
        display.vvv(f"groundwork.aws.preload: not warmed up: {error!r}")


def ask_ahead(look: Any, manager: Any, connection: Any, context: Any) -> dict[str, Any]:
    """In a child process: what the task `look` will ask."""
    hosts = manager._inventory.get_hosts(COMPONENTS)
    loader = DataLoader()
    variables = manager.get_vars(play=look.play, host=hosts[0], task=look)
    context.remote_addr = hosts[0].get_name()
    action = action_loader.get(
        LOOK,
        task=look,
        connection=connection,
        play_context=context,
        loader=loader,
        templar=Templar(loader=loader, variables=variables),
        shared_loader_obj=None,
    )
    connection.await_services(sys.executable, PATIENCE)
    return action.ask_ahead([host.get_name() for host in hosts], variables)


class CallbackModule(CallbackBase):
    """Knows which service the next task looks at."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.preload"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._done: set[str] = set()
        self._changing = self._hosts = False
        self._play: Any = None
        self._look: Any = None
        self._app: Any = None
        self._region: str | None = None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Load the plugins that nearly every task needs."""
        self._look = look_of(playbook)
        self._app = sessions.app_play(playbook, APP)
        for loader, names in PLUGINS.items():
            for name in names:
                loader.get(name, class_only=True)
        rehearse()
        bereaved.end_with_this_process()
        gc.set_threshold(50_000)
        # A worker is gone after one task, and leaves its garbage to the kernel.
        os.register_at_fork(
            before=gc.freeze, after_in_parent=gc.unfreeze, after_in_child=gc.disable
        )

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Remember where the tasks' variables are, and begin with what the first of them will wait for."""
        if self._play is None:
            warm_up(play, self._look)
            # A run that provisions comes to its hosts later than a session lives unused, or to others.
            if self._app and not self._look:
                self._open_sessions(play)
        self._play = play

    def _open_sessions(self, play: Any) -> None:
        try:
            sessions.open_early(self._app, play.get_variable_manager())
        except Exception as error:  # the first task will find the same, and say it
            display.vvv(f"groundwork.aws.preload: no session opened early: {error!r}")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Load what the task's worker, forked next, needs: to reach its host, or to look at a resource."""
        if not self._hosts and not is_component(host):
            self._hosts = True
            connection_loader.get("groundwork.aws.warm_ssh", class_only=True)
        kind = kind_of(task.resolved_action or task.action)
        if kind is None or not kind.service or kind.service in self._done:
            return
        looks = self._changing or kind.unplanned if task.check_mode else not kind.own_diff
        if looks:
            self._done.add(kind.service)
            try:
                preload({kind.service}, self._region_of(host))
            except Exception as error:  # the worker will find the same, and say it of its task
                display.vvv(f"groundwork.aws.preload: no client of {kind.service}: {error!r}")

    def _region_of(self, host: Any) -> str | None:
        """The inventory's region; another one than a task's own only costs that task time."""
        if self._region is None and self._play is not None:
            variables = self._play.get_variable_manager().get_vars(play=self._play, host=host)
            self._region = variables.get("aws_region")
        return self._region

    def v2_runner_on_ok(self, result: Any) -> None:
        """Once something changes in a plan, more of its tasks will be looked at."""
        self._changing = self._changing or result.is_changed()

    v2_runner_item_on_ok = v2_runner_on_ok
