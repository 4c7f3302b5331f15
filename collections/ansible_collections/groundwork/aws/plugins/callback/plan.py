# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
name: plan
type: stdout
short_description: Progress by component, then what the run changes or changed
version_added: 0.2.0
description:
  - Folds the tasks of a run into one line for each component or host, and ends with what is created, updated and
    deleted, with old and new values, then one line of totals.
  - Failures, warnings and the messages of C(debug) are shown at once. With C(-v) everything is printed as
    P(ansible.builtin.default#callback) prints it, followed by the same summary.
  - Nothing that C(no_log) hides is shown.
author:
  - Groundwork contributors
requirements:
  - set as C(stdout_callback) in the configuration
extends_documentation_fragment:
  - default_callback
  - result_format_callback
options:
  progress:
    description:
      - How a running play is shown.
      - V(live) changes lines at the bottom of a terminal. V(plain) prints a line when a component is done and a sign of
        life for a step that lasts long. V(auto) takes V(live) on a terminal.
    type: str
    choices: [auto, live, plain]
    default: auto
    env:
      - name: GROUNDWORK_PROGRESS
    ini:
      - key: progress
        section: callback_plan
  sign_of_life:
    description: Seconds after which a step that still runs is mentioned again, in plain progress.
    type: int
    default: 30
    env:
      - name: GROUNDWORK_SIGN_OF_LIFE
    ini:
      - key: sign_of_life
        section: callback_plan
  width:
    description: Columns of the output. V(0) is the terminal's width, or 120 where there is no terminal.
    type: int
    default: 0
    env:
      - name: GROUNDWORK_WIDTH
    ini:
      - key: width
        section: callback_plan
"""

import atexit
import sys
from typing import Any

from ansible import constants as C
from ansible import context
from ansible.utils.color import stringc
from ansible.utils.fqcn import add_internal_fqcns
from ansible_collections.groundwork.aws.plugins.plugin_utils import failure, messages, rendering
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import (
    SHARED,
    Collector,
    passed_over,
    rescued,
    task_name,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.folded import Folded
from ansible_collections.groundwork.aws.plugins.plugin_utils.progress import Progress
from ansible_collections.groundwork.aws.plugins.plugin_utils.screen import Screen, Ticker

WITHOUT_A_TERMINAL = 120
PAUSE = add_internal_fqcns(("pause",))


class CallbackModule(Folded):
    """What a user sees of a run."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "groundwork.aws.plan"

    def __init__(self) -> None:
        super().__init__()
        self._collector = Collector()
        self._progress = Progress(self._words)
        self._view: Screen | Ticker | None = None
        self._titled = False
        # Changed lines of files, by place, type and name; first lines of rescued failures, by host.
        self._texts: dict[tuple[str, str, str], list[str]] = {}
        self._rescued: dict[str, list[str]] = {}

    # What the output is like ---------------------------------------------------------------------

    def _width(self) -> int:
        terminal = self._display.columns if sys.stdout.isatty() else WITHOUT_A_TERMINAL
        return self.get_option("width") or terminal

    def _paint(self, text: str, action: str) -> str:
        colors = {
            "create": C.COLOR_OK,
            "update": C.COLOR_CHANGED,
            "delete": C.COLOR_ERROR,
            "failed": C.COLOR_ERROR,
        }
        return stringc(text, colors[action]) if action in colors else text

    def _words(self, counts: dict[str, int]) -> str:
        return rendering.counts(counts, self._collector.plan.facts["check"])

    def _print(self, lines: list[str], action: str = "", stderr: bool = False) -> None:
        for line in lines:
            self._display.display(self._paint(line, action) if line else "", stderr=stderr)
        # A pipe is not flushed before the end otherwise, and somebody may be watching it.
        (sys.stderr if stderr else sys.stdout).flush()

    def _who(self, host: Any, task: Any) -> str:
        return self._collector.place(host, task)[0]

    def _start_view(self) -> None:
        if self._view is None and not self._verbose:
            wish, lock = self.get_option("progress"), self._display._lock
            if wish == "live" or (wish == "auto" and sys.stdout.isatty()):
                self._view = Screen(lock, lambda: self._progress.lines(self._width() - 1, 12))
            else:
                self._view = Ticker(lock, 1.0, self._signs)
            atexit.register(self._stop_view)
            self._view.start()

    def _stop_view(self) -> None:
        if self._view:
            self._view.stop()
            self._view = None

    def _signs(self) -> None:
        signs = self._progress.late(self.get_option("sign_of_life"))
        if signs:
            self._print([rendering.cut(line, self._width()) for line in signs])

    # Plays and tasks -----------------------------------------------------------------------------

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._collector.play(play)
        if self._verbose:
            super().v2_playbook_on_play_start(play)
            return
        self._end_play()
        facts = self._collector.plan.facts
        if facts["operation"] and not self._titled:
            self._titled = True
            self._print([rendering.title(facts)])
        self._progress.begin(str(play.get_vars().get("tier") or play.get_name()))

    def _end_play(self) -> None:
        for line, failed in self._progress.finished():
            self._print([rendering.cut(line, self._width())], "failed" if failed else "")
        self._progress.begin("")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        if self._verbose:
            super().v2_runner_on_start(host, task)
            return
        # A prompt has the terminal for itself.
        if task.action in PAUSE:
            self._stop_view()
        else:
            self._start_view()
        self._progress.step(self._who(host, task), task_name(task))

    def v2_runner_retry(self, result: Any) -> None:
        if self._verbose:
            super().v2_runner_retry(result)
        else:
            self._progress.attempt(
                self._who(result.host, result.task), int(result.result["attempts"]) + 1
            )

    # Results -------------------------------------------------------------------------------------

    def _went_well(self, result: Any, item: bool) -> None:
        found = self._collector.ok(result, item)
        name = self._who(result.host, result.task)
        seen = result.result
        if context.CLIARGS.get("diff"):
            for resource in found:
                lines = messages.changed_lines(seen.get("diff"))
                if lines and resource["action"] == "update":
                    self._texts[(name, resource["type"], resource["name"])] = lines
        if self._verbose:
            return
        self._handle_warnings(result.result)
        lines = messages.spoken(result.task.action, seen, self._dump_results)
        if lines:
            alone = name in (SHARED, "localhost") or result.task.run_once
            self._print(lines if alone else messages.prefixed(name, lines))
        for place, resources in {name: found, **passed_over(result)}.items():
            for resource in resources:
                self._progress.touched(place, resource)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._went_well(result, item=False)
        if self._verbose:
            super().v2_runner_on_ok(result)
        else:
            self._progress.done(self._who(result.host, result.task))

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._went_well(result, item=True)
        if self._verbose:
            super().v2_runner_item_on_ok(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        if self._verbose:
            super().v2_runner_on_skipped(result)
        else:
            self._handle_warnings(result.result)
            self._progress.done(self._who(result.host, result.task))

    # Failures ------------------------------------------------------------------------------------

    def _show_failure(self, result: Any, word: str = "FAILED", item: str = "") -> None:
        seen, host = dict(result.result), result.host.get_name()
        head = f"{word} {self.host_label(result)}: {task_name(result.task)}{f' ({item})' if item else ''}"
        lines = failure.block(head, seen, self._dump_results, result.task.get_path())
        if rescued(result.task):
            # Its rescue speaks next, and better; should it not mention this, this is shown then.
            self._rescued[host] = lines
            return
        before = self._rescued.pop(host, None)
        said = failure.message(seen)
        if before and before[2] not in "\n".join(lines) and said not in "\n".join(before):
            self._print([*before, ""], "failed", self.get_option("display_failed_stderr"))
        self._print([*lines, ""], "failed", self.get_option("display_failed_stderr"))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        loop = bool(result.task.loop) and "results" in result.result
        if not ignore_errors:
            self._collector.failed(result, failure.message(result.result))
        if self._verbose:
            super().v2_runner_on_failed(result, ignore_errors)
            return
        self._handle_warnings(result.result)
        if not ignore_errors and not loop:
            self._show_failure(result)
        foreseen = ignore_errors or rescued(result.task)
        self._progress.done(self._who(result.host, result.task), failed=not foreseen)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        if self._verbose:
            super().v2_runner_item_on_failed(result)
            return
        self._handle_warnings(result.result)
        if not result.task.ignore_errors:
            self._show_failure(result, item=str(self._get_item_label(result.result)))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        ignored = bool(result.task.ignore_unreachable)
        if not ignored:
            self._collector.failed(result, failure.message(result.result))
        if self._verbose:
            super().v2_runner_on_unreachable(result)
            return
        if not ignored:
            self._show_failure(result, "UNREACHABLE")
        self._progress.done(self._who(result.host, result.task), failed=not ignored)

    # The end -------------------------------------------------------------------------------------

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if self._verbose:
            super().v2_playbook_on_stats(stats)
        else:
            self._stop_view()
            self._end_play()
        plan = self._collector.plan.to_dict()
        if plan["failed"] or any(plan["totals"].values()):
            width = 0 if self._verbose else self._width()
            lines = rendering.summary(plan, width, self._paint, self._verbose, self._texts)
            self._print(["", *lines] if len(lines) > 1 else lines)
        if plan["failed"]:
            self._print(failure.ending(plan["failed"], sys.argv, plan["check"]), "failed")
