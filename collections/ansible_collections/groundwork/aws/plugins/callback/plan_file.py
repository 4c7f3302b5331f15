# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_file
type: notification
short_description: Writes what a check run would change as JSON, and holds a real run to it
version_added: 0.2.0
description:
  - A check run with the extra variable C(plan_file) writes its plan there, with mode 0600, for CI and to be applied.
  - A real run with it is compared with that plan at its end; differences are a warning. That it does not begin when
    the world moved since is the business of M(groundwork.aws.saved_plan).
  - The extra variable C(done_file) names a file for the same JSON of any run, so of what a real run did.
  - It needs no stdout callback of ours, so it works under AWX too.
author:
  - Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled)
"""

import sys
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import comparison, plan_files
from ansible_collections.groundwork.aws.plugins.plugin_utils.collecting import Collecting
from ansible_collections.groundwork.aws.plugins.plugin_utils.failure import command
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_text import NotAPlan


class CallbackModule(Collecting):
    """The plan of a run, on disk."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.plan_file"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._path = self._done = ""

    def v2_playbook_on_play_start(self, play: Any) -> None:
        given = self.given(play)
        self._path = str(given.get("plan_file") or "")
        self._done = str(given.get("done_file") or "")
        if self._path or self._done:
            self._collector.play(play)
        else:
            self.disabled = True

    def v2_playbook_on_stats(self, stats: Any) -> None:
        plan = self._collector.plan.to_dict()
        if self._done:
            self._write(self._done, plan)
        if self._path and plan["check"]:
            self._write(self._path, plan)
            self._say(plan)
        elif self._path and not plan["failed"]:
            self._compare(plan)

    def _write(self, path: str, plan: dict[str, Any]) -> None:
        try:
            plan_files.write(path, plan)
        except OSError as error:
            self._display.error(f"{path} was not written: {error.strerror}.")

    def _say(self, plan: dict[str, Any]) -> None:
        if not plan_files.located(self._path).exists():
            return
        if plan["failed"]:
            self._display.display(f"The incomplete plan is in {self._path}; it cannot be applied.")
            return
        again = command(
            [word for word in sys.argv if word not in ("--check", "-C", "--diff", "-D")]
        )
        self._display.display(f"The plan is in {self._path}. To do what it says, type:\n  {again}")

    def _compare(self, plan: dict[str, Any]) -> None:
        try:
            lines = comparison.resources(plan_files.read(self._path), plan_files.as_read(plan))
        except NotAPlan as error:
            self._display.warning(f"What was done could not be compared with the plan: {error}")
            return
        if lines:
            told = "\n".join(f"  {line}" for line in lines)
            self._display.warning(
                f"What was done is not what {self._path} says. Somebody else changed something meanwhile, or a "
                f"task's plan is wrong:\n{told}"
            )
