# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

from __future__ import annotations

DOCUMENTATION = r"""
name: drift_exit
type: notification
short_description: Ends a run that looks for drift with an exit code for cron and CI
version_added: 0.2.0
description:
  - Where a task of M(groundwork.aws.drift) ran, ansible-playbook ends with 0 when everything is in step, 2 when something
    drifted, 1 after an error. Ansible itself would end with 2 after any failure.
  - Other runs are left alone.
author:
  - Groundwork contributors
requirements:
  - enabled by C(callbacks_enabled), as the last one, since it ends the process
"""

from typing import Any

from ansible.plugins.callback import CallbackBase

IN_STEP, ERROR, DRIFTED = 0, 1, 2
OPERATION = "drift"


class CallbackModule(CallbackBase):
    """The verdict as an exit code."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "groundwork.aws.drift_exit"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._looks = False
        self._code = ERROR

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._looks = self._looks or play.get_vars().get("operation") == OPERATION

    def v2_runner_on_ok(self, result: Any) -> None:
        if "drifted" in result.result and result.task.action == "groundwork.aws.drift":
            self._code = DRIFTED if result.result["drifted"] else IN_STEP

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if not self._looks:
            return
        failed = stats.failures or stats.dark
        raise SystemExit(ERROR if failed else self._code)
