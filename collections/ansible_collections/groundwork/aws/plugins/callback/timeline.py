# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
name: timeline
type: notification
short_description: Tells at a run's end when each component and host was at work, and what its length is made of
version_added: 0.3.0
description:
  - A real run of a minute or more, of a playbook that takes the lock, ends with its timeline, a line for each component and host, with those marked that the run
    waited for (docs/timeline.md).
  - The extra variable C(timeline) (true, false) asks for it, or not, whatever the run's length; C(tasks) asks for the seconds of each task too.
    C(timeline_file) names a file for it, an SVG picture or, where its name ends with C(.json), its spans.
author:
  - Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled)
"""

import sys
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.plugin_utils import task_times, timeline
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import (
    Collector,
    task_name,
)

WORTH_IT = 60.0
"""Seconds from which on a run shows its timeline unasked."""
WITHOUT_A_TERMINAL = 120
READY = "ready"
"""The entry point of roles that waits (docs/adding-a-component.md)."""


class CallbackModule(CallbackBase):
    """The timeline of a run."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.timeline"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._timeline = timeline.Timeline()
        self._places = Collector()
        self._asked: bool | None = None
        self._tasks = False
        self._file = ""
        self._changes = False

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Whoever only looks, such as at logs, wants to see nothing else."""
        self._changes = any("_takes_lock" in play.vars for play in playbook.get_plays())

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play begins; the first one tells what was asked for."""
        manager = play.get_variable_manager()
        given = manager.extra_vars if manager else {}
        if "timeline" in given:
            self._tasks = given["timeline"] == "tasks"
            self._asked = self._tasks or str(given["timeline"]).lower() == "true"
        self._file = str(given.get("timeline_file") or "")
        told = play.get_vars()
        label = str(told.get("tier") or play.get_name())
        self._timeline.play(label, waits=told.get("entry") == READY)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A host begins a task."""
        self._timeline.start(self._places.place(host, task)[0], task_name(task))

    def _ended(self, result: Any, **_: object) -> None:
        self._timeline.end(self._places.place(result.host, result.task)[0])

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task went well."""
        self._ended(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task had nothing to do."""
        self._ended(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host was not reached."""
        self._ended(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed."""
        self._ended(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Show it where it is asked for, or worth it."""
        if self._file:
            try:
                told = timeline.as_json if self._file.endswith(".json") else timeline.svg
                Path(self._file).expanduser().write_text(told(self._timeline), "utf-8")
            except OSError as error:
                self._display.error(f"{self._file} was not written: {error.strerror}.")
        real = self._changes and not context.CLIARGS.get("check")
        long = real and self._timeline.length >= WORTH_IT
        if long if self._asked is None else self._asked:
            terminal = sys.stdout.isatty()
            width = self._display.columns if terminal else WITHOUT_A_TERMINAL
            blocks = "utf" in str(sys.stdout.encoding).lower()
            lines = ["", *timeline.text(self._timeline, width, blocks)]
            if self._tasks:
                lines += ["", *task_times.text(self._timeline, width)]
            for line in lines:
                self._display.display(line)
