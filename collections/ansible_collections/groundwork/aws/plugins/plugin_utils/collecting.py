# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""A callback that collects what a run changes, and does something with it at the end."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import Collector
from ansible_collections.groundwork.aws.plugins.plugin_utils.failure import message


class Collecting(CallbackBase):
    """Feeds a collector; it is for the subclass to begin it with the first play."""

    def __init__(self) -> None:
        super().__init__()
        self._collector = Collector()

    @staticmethod
    def given(play: Any) -> dict[str, Any]:
        """The extra variables of the run."""
        manager = play.get_variable_manager()
        return manager.extra_vars if manager else {}

    def v2_runner_on_ok(self, result: Any) -> None:
        self._collector.ok(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._collector.ok(result, item=True)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            self._collector.failed(result, message(result.result))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        if not result.task.ignore_unreachable:
            self._collector.failed(result, message(result.result))
