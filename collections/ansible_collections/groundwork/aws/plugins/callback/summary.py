# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
name: summary
type: notification
short_description: Adds what a run did, or would do, to a file as Markdown
version_added: 0.2.0
description:
  - With the extra variable C(summary_file), what a run said, what it changed or would change, and why it failed are added to the
    end of that file. A pipeline names the page of its job, C($GITHUB_STEP_SUMMARY).
  - Nothing that C(no_log) hides is written. What the file held stays.
author:
  - Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled)
"""

import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import messages, rendering
from ansible_collections.groundwork.aws.plugins.plugin_utils.collecting import Collecting
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import SHARED
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_files import located

# GitHub takes a megabyte for a step.
MOST = 500_000


def fenced(lines: list[str]) -> list[str]:
    """Lines as a block that is shown as it is, whatever stands in them."""
    longest = max((len(found) for line in lines for found in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence, ""]


def page(plan: dict[str, Any], said: list[str]) -> str:
    """A run as Markdown: what it was, what it said, what it changed, why it failed."""
    lines = [f"### {rendering.title(plan)}", "", f"**{rendering.last_line(plan)}**", ""]
    failed = list(dict.fromkeys((one["host"], one["message"]) for one in plan["failed"]))
    for host, told in failed:
        lines += [f"Failed: {host}", "", *fenced(told.splitlines())]
    if said:
        lines += fenced(said)
    changes = rendering.summary(plan, 0)[:-1]
    if changes:
        lines += fenced(changes[:-1] if not changes[-1] else changes)
    text = "\n".join(lines) + "\n"
    return text if len(text) <= MOST else text[:MOST] + "\n(cut: the run's log has it all)\n"


class CallbackModule(Collecting):
    """A run's page."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.summary"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self._said: list[str] = []

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._path = str(self.given(play).get("summary_file") or "")
        if self._path:
            self._collector.play(play)
        else:
            self.disabled = True

    def _hear(self, result: Any) -> None:
        lines = messages.spoken(result.task.action, result.result, self._dump_results)
        name = self._collector.place(result.host, result.task)[0]
        alone = name in (SHARED, "localhost") or result.task.run_once
        if lines:
            self._said += lines if alone else messages.prefixed(name, lines)

    def v2_runner_on_ok(self, result: Any) -> None:
        super().v2_runner_on_ok(result)
        self._hear(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        super().v2_runner_item_on_ok(result)
        self._hear(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        try:
            with located(self._path).open("a", encoding="utf-8") as out:
                out.write(page(self._collector.plan.to_dict(), self._said))
        except OSError as error:
            self._display.error(f"{self._path} was not written: {error.strerror}.")
