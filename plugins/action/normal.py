"""Announce, in check mode, a task whose arguments are only known after apply.

Ansible runs every module without an action plugin of its own through `normal`. In a plan some
arguments are ids of things that do not exist yet; a module cannot look behind such a placeholder,
and asking AWS for it would be wrong or an error. The task is then announced as a change, not run.
Everything else goes to Ansible's own `normal`, unchanged. Why here and not in every task:
docs/decisions/0003-known-after-apply.md.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

PLACEHOLDER = "(known after apply)"


def mentions_placeholder(value: Any) -> bool:
    """Whether the placeholder stands anywhere in `value` (nested dicts, lists and strings)."""
    if isinstance(value, dict):
        return any(mentions_placeholder(item) for item in [*value.keys(), *value.values()])
    if isinstance(value, list | tuple):
        return any(mentions_placeholder(item) for item in value)
    return isinstance(value, str) and PLACEHOLDER in value


class ActionModule(ActionBase):
    """Ansible's `normal`, with placeholders understood."""

    _supports_check_mode = True
    _supports_async = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run the module, or announce it when its arguments cannot be known yet."""
        if mentions_placeholder(self._task.args):
            if self._task.check_mode:
                return {"changed": True, "msg": f"announced: its arguments are {PLACEHOLDER}"}
            return {
                "failed": True,
                "msg": (
                    f"{self._task.action}: an argument is still «{PLACEHOLDER}» in a real run: "
                    "another component has not published what this one needs. Run the whole "
                    "environment once (without --limit), or the component it needs first."
                ),
            }
        normal = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.normal",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return normal.run(task_vars=task_vars)
