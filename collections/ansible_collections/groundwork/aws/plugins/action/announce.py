# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Tells the callbacks of a resource that no module speaks of, and does nothing else."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import attach


class ActionModule(ActionBase):
    """A result that is changed, with the resource that was given."""

    _requires_connection = False
    _supports_check_mode = True
    TRANSFERS_FILES = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Attach the resource; nothing is run anywhere."""
        _spec, args = self.validate_argument_spec(
            {
                "type": {"type": "str", "required": True},
                "name": {"type": "str", "required": True},
                "action": {
                    "type": "str",
                    "choices": ["create", "update", "delete"],
                    "default": "update",
                },
                "changes": {"type": "list", "elements": "dict", "default": []},
            }
        )
        attach(self._task, [args])
        return {"changed": True}
