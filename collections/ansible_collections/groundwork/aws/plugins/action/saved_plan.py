# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Stops a real run before its first change when a saved plan is not what it would do."""

from __future__ import annotations

import sys
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.groundwork.aws.plugins.plugin_utils import comparison, plan_files
from ansible_collections.groundwork.aws.plugins.plugin_utils.check_run import (
    CheckRunFailed,
    check_run,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.collector import facts
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_text import NotAPlan

MOST = 30


class ActionModule(ActionBase):
    """In a check run: can the plan be written? In a real run: is the plan still true?"""

    _requires_connection = False
    _supports_check_mode = True
    TRANSFERS_FILES = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Compare; a failed result says what differs."""
        _spec, args = self.validate_argument_spec(
            {
                "path": {"type": "str", "required": True},
                "operation": {"type": "str", "required": True},
            }
        )
        path = args["path"]
        trouble = (
            plan_files.trouble_writing(path)
            if self._task.check_mode
            else self._refusal(path, args["operation"], task_vars or {})
        )
        if trouble:
            return {"failed": True, "msg": trouble}
        return {"changed": False, "msg": f"{path} is what this run does."}

    def _refusal(self, path: str, operation: str, task_vars: dict[str, Any]) -> str | None:
        try:
            saved = plan_files.read(path)
        except NotAPlan as error:
            return str(error)
        names = {
            name: self._templar.template(task_vars.get(name, "")) for name in ("project", "env")
        }
        others = comparison.facts(saved, {**facts(names), "operation": operation})
        if others:
            return self._told(f"{path} is the plan of another run, so nothing was changed:", others)
        if saved.get("failed"):
            return f"{path} is incomplete: its run failed. Nothing was changed. Make a new plan."
        if not saved.get("check"):
            return f"{path} tells what a run did, and is no plan. Nothing was changed. Make a new plan."
        return self._moved(path, saved)

    def _moved(self, path: str, saved: dict[str, Any]) -> str | None:
        """Plan once more, by the command line of this run, and compare."""
        try:
            now = check_run(sys.argv, "plan_file")
        except CheckRunFailed as error:
            return self._told(
                f"The plan could not be made again, so {path} was not compared and nothing was changed:",
                error.tail,
            )
        lines = comparison.resources(saved, now)
        if not lines:
            return None
        more = [f"... and {len(lines) - MOST} more"] if len(lines) > MOST else []
        return self._told(
            f"The world moved since {path} was made ({saved['finished']}), so nothing was changed:",
            [*lines[:MOST], *more],
        )

    @staticmethod
    def _told(head: str, lines: list[str]) -> str:
        again = "Make a new plan (--check -e plan_file=...), read it, and apply that one."
        return "\n".join([head, *[f"  {line}" for line in lines], again])
