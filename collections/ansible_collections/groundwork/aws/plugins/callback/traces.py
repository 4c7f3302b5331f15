# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
name: traces
type: notification
short_description: Keeps what components asked AWS, where a run found nothing to do at them
version_added: 0.3.0
description:
  - While the plays of tiers run, what the tasks of each component learn is written down, and where a run through all of them
    changed nothing at a component, that is its trace.
  - The next run asks the same again (M(groundwork.aws.component_traces)). See docs/traces.md.
  - Nothing that AWS answers is kept, only digests. The file is the user's alone, below Ansible's home.
author:
  - Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled)
  - components with the connection P(groundwork.aws.warm#connection)
"""

import sys
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.plugin_utils import drift, fence
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import (
    LOOK,
    Collector,
    is_component,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import now
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import recording, store
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.trace import (
    NoTrace,
    Trace,
    digest,
    learned,
)

OUTPUTS = "_outputs"


class Work:
    """What a component's tasks did in this run."""

    def __init__(self) -> None:
        self.trouble = ""
        self.actions: set[str] = set()
        self.outputs: dict[str, Any] = {}
        self.seen: set[str] = set()


class CallbackModule(CallbackBase):
    """Traces of the components at which there was nothing to do."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.traces"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._context: dict[str, Any] = {}
        self._passed: dict[str, dict[str, Any]] = {}
        self._works: dict[str, Work] = {}
        self._collector = Collector()
        self._folder = Path(constants.DEFAULT_LOCAL_TMP, "traces")
        self._converging = self._complete = False

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """What is learned counts in the plays of tiers; after the last one nothing is missing."""
        told = play.get_vars()
        self._converging = bool(self._context) and bool(told.get("_converges"))
        self._complete = self._complete or bool(told.get("_converged"))
        if self._converging:
            recording.begin(self._folder, [*self._context["known"], *self._own()])
        else:
            recording.end()

    @staticmethod
    def _own() -> list[str]:
        """Where Ansible keeps and finds its own files."""
        own = (constants.ANSIBLE_HOME, constants.DEFAULT_LOCAL_TMP, "/usr/share/ansible")
        return [sys.prefix, sys.base_prefix, *own]

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """The worker that is forked next works for this component."""
        if self._converging:
            recording.serve(host.get_name())

    def _work(self, result: Any) -> Work | None:
        if not self._converging or not is_component(result.host):
            return None
        work = self._works.setdefault(result.host.get_name(), Work())
        work.actions.add(result.task.resolved_action or result.task.action)
        return work

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note what a task did, and what the look at earlier traces found."""
        if result.task.action == LOOK:
            self._context, self._passed = result.result["context"], result.result["components"]
            return
        work = self._work(result)
        if work is None:
            return
        self._collector.ok(result)
        work.seen |= drift.identifiers(result.result)
        if result.is_changed():
            work.trouble = work.trouble or "something changed"
        if result.result.get("warnings"):
            # Who passes it over would not say it again.
            work.trouble = work.trouble or "something warned"
        for name, value in (result.result.get("ansible_facts") or {}).items():
            if name.endswith(OUTPUTS):
                work.outputs[name] = value
            else:
                # Somebody later in the run may want it.
                work.trouble = work.trouble or f"it sets the fact {name}"

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Note what an item of a loop did."""
        if self._work(result) is not None:
            self._collector.ok(result, item=True)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """What failed, be it foreseen, is done again."""
        work = self._work(result)
        if work:
            work.trouble = "something failed"

    v2_runner_on_unreachable = v2_runner_on_failed

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Keep the traces of a run that went through everything."""
        recording.end()
        if not self._context:
            return
        path = Path(self._context["path"])
        self._note_epoch(path)
        if not self._complete:
            return
        new: dict[str, Trace] = {}
        outputs = {
            **{name: one["outputs"] for name, one in self._passed.items()},
            **{name: self._outputs(work) for name, work in self._works.items()},
        }
        for name, work in self._works.items():
            try:
                new[name] = self._trace(name, work, outputs)
            except NoTrace as reason:
                self._display.vv(f"{name} leaves no trace: {reason}")
        if not new:
            return
        try:
            store.write(path, store.with_new(store.read(path), new))
        except OSError as error:
            self._display.vv(f"No traces were kept: {error}")

    def _note_epoch(self, path: Path) -> None:
        """What the next run asks before it has the lock holds where nobody else had it in between."""
        lock = fence.files().read("lock")
        if lock and not lock["watch"]:
            try:
                store.write_epoch(path, lock["epoch"])
            except OSError as error:
                self._display.vv(f"The lock's epoch was not kept: {error}")

    @staticmethod
    def _outputs(work: Work) -> Any:
        return next(iter(work.outputs.values()), {})

    def _trace(self, name: str, work: Work, outputs: dict[str, Any]) -> Trace:
        if self._context["inputs"] is None:
            raise NoTrace("variables leave something to chance")
        if work.trouble:
            raise NoTrace(work.trouble)
        if len(work.outputs) > 1:
            raise NoTrace(f"it publishes {' and '.join(sorted(work.outputs))}")
        found = learned(recording.read(self._folder, name), work.actions)
        needs = {
            need: digest(outputs[need])
            if need in outputs
            else self._context["recalled"].get(need, "")
            for need in self._context["graph"].get(name, [])
        }
        place = self._collector.plan.components.get(name)
        resources = [
            {"type": one["type"], "name": one["name"]}
            for one in (place.having("unchanged") if place else [])
        ]
        return Trace(
            inputs=self._context["inputs"],
            check=self._context["check"],
            when=now(),
            needs=needs,
            outputs=outputs[name],
            resources=resources,
            seen=sorted(work.seen),
            **found,
        )
