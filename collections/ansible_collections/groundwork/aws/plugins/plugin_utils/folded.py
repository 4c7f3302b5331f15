# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Ansible's own output, of which what tells of single tasks is left out unless -v asks for it."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback.default import CallbackModule as Default


class Folded(Default):
    """Says with -v what Ansible says, and else nothing of what its tasks are about."""

    @property
    def _verbose(self) -> bool:
        return self._display.verbosity > 0

    def v2_playbook_on_start(self, playbook: Any) -> None:
        if self._verbose:
            super().v2_playbook_on_start(playbook)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        if self._verbose:
            super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        if self._verbose:
            super().v2_playbook_on_handler_task_start(task)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        if self._verbose:
            super().v2_playbook_on_include(included_file)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        if self._verbose:
            super().v2_playbook_on_no_hosts_matched()

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        if self._verbose:
            super().v2_playbook_on_no_hosts_remaining()

    def v2_on_file_diff(self, result: Any) -> None:
        if self._verbose:
            super().v2_on_file_diff(result)

    def v2_runner_on_async_poll(self, result: Any) -> None:
        if self._verbose:
            super().v2_runner_on_async_poll(result)

    def v2_runner_on_async_ok(self, result: Any) -> None:
        if self._verbose:
            super().v2_runner_on_async_ok(result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        if self._verbose:
            super().v2_runner_item_on_skipped(result)
