# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What belongs to a run as a whole: its lock is released at its end, its record kept."""

from __future__ import annotations

DOCUMENTATION = r"""
---
name: run
type: notification
short_description: Release the environment's lock at the end of a run, and keep the run's record
description:
  - However a run ends, on its own, by a failure, by Ctrl-C or SIGTERM, the lock that it took is released and a record of it is
    written into the state bucket. Only SIGKILL leaves the lock, until its lease ends.
  - It concerns playbooks that import C(playbooks/begin.yml), and no check run.
version_added: 0.2.0
author: Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled)
"""

import atexit
import os
import signal
import sys
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.module_utils.lock_words import moment
from ansible_collections.groundwork.aws.plugins.module_utils.server_clock import ticks
from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    ending,
    fence,
    interruption,
    record,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import Collector
from ansible_collections.groundwork.aws.plugins.plugin_utils.failure import message
from ansible_collections.groundwork.aws.plugins.plugin_utils.lock_files import LockFiles


class CallbackModule(CallbackBase):
    """The run as a whole, in the process of ansible-playbook itself."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.run"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._run: dict[str, Any] | None = None
        self._process = os.getpid()
        self._begun = ticks()
        self._ended = False
        self._failed_hosts: set[str] = set()
        self._collector = Collector()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """A run that can change something must take the lock, and lets it go at its end."""
        # Whoever watches a pipe or a file wants to see what a run says when it says it, such as whom it waits for.
        sys.stdout.reconfigure(line_buffering=True)
        interruption.heed(self._process)
        told = next((p.vars for p in playbook.get_plays() if "_takes_lock" in p.vars), None)
        self._ended = False
        if told is None or context.CLIARGS.get("check") or self._run:
            return
        commit, dirty = record.commit(Path(playbook._basedir))
        self._run = {
            "operation": str(told.get("operation")),
            "playbook": os.path.relpath(playbook._file_name, os.getcwd()),
            "limit": context.CLIARGS.get("subset"),
            "commit": commit,
            "dirty": dirty,
        }
        fence.files().write("wanted", {})
        for number in (signal.SIGTERM, signal.SIGHUP):
            # Whoever started the run with nohup wants it to go on.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._interrupt)
        atexit.register(self._finish)

    @staticmethod
    def _interrupt(number: int, frame: Any) -> None:
        # Ansible ends at once on these signals, and in good order on Ctrl-C.
        os.kill(os.getpid(), signal.SIGINT)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """The plan learns what the run is about."""
        if self._run:
            self._collector.play(play)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Count what a task changed."""
        if self._run:
            self._collector.ok(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """Count what an item of a loop changed."""
        if self._run:
            self._collector.ok(result, item=True)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Note why a task failed."""
        if self._run and not ignore_errors:
            self._collector.failed(result, message(result.result))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Note why a host was not reached."""
        if self._run and not result.task.ignore_unreachable:
            self._collector.failed(result, message(result.result))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Note how the run went; it ends with the process."""
        self._ended = True
        self._failed_hosts |= {*stats.failures, *stats.dark}

    def _finish(self) -> None:
        """Keep the record and release the lock. A second Ctrl-C does not come between."""
        files = fence.files()
        taken = files.read("lock")
        if os.getpid() != self._process or self._run is None or taken is None:
            return
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        try:
            self._leave(taken, files)
        except Exception as error:  # at the end of a run nobody is left to catch it
            self._display.warning(
                f"The run's end was not recorded: {type(error).__name__}: {error}"
            )

    def _leave(self, taken: dict[str, Any], files: LockFiles) -> None:
        # Without a lock, as where everything was gone already, nothing was done.
        if taken["watch"]:
            ending.stop_keeper(files)
            return
        verdict = self._verdict(files.read("lost"))
        plan = self._collector.plan
        run = {**(self._run or {}), "totals": plan.totals(), "failed": record.short(plan.failed)}
        kept = record.record(taken, run, ticks() - self._begun, verdict)
        key = record.key(taken["started"], taken["run"])
        trouble = ending.farewell(files, key, kept if taken["bucket"] else None)
        if trouble["kept"]:
            self._display.display(f"This run left no record: {trouble['kept']}.")
        if trouble["released"]:
            until = moment(taken["started"] + ticks() - self._begun + taken["lease"])
            self._display.warning(
                f"The lock of {taken['name']} could not be released: {trouble['released']}. It is free at {until} at the latest."
            )
        elif verdict == "interrupted":
            self._display.display(f"Interrupted. The lock of {taken['name']} is released.")

    def _verdict(self, lost: dict[str, Any] | None) -> str:
        # The run that deletes an environment deletes the lock's table last, on purpose.
        destroyed = bool(lost) and lost["kind"] == "table" and self._run["operation"] == "destroy"
        if lost and not (destroyed and self._ended and not self._failed_hosts):
            return "lost-lock"
        if not self._ended:
            return "interrupted"
        return "failed" if self._failed_hosts else "ok"
