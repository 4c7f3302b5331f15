"""What happens around every module: placeholders in a plan, and what the task does to resources.

Ansible runs every module without an action plugin of its own through `normal`. Here a task whose
arguments are only known after apply is announced in a plan, not run, and every task that manages
an AWS resource tells the callbacks which one, and what changes. All else is Ansible's own
`normal`, unchanged. Why here and not in every task: docs/decisions/0003-known-after-apply.md.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.connection.local import Connection as LocalConnection
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.plugin_utils import fence
from ansible_collections.groundwork.aws.plugins.plugin_utils.clients import (
    ENDPOINT,
    SESSION,
    Clients,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.observation import Observation
from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    announcement,
    mentions_placeholder,
    refusal,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.retries import (
    RETRIES,
    retrying,
    transient,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import recording

OF_THEIR_OWN = (*(names for key, names in SESSION.items() if key != "region_name"), ENDPOINT)
REFUSED = "Could not connect to the endpoint URL"


class ActionModule(ActionBase):
    """Ansible's `normal`, with placeholders understood and resources observed."""

    _supports_check_mode = True
    _supports_async = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run the module, or announce it when its arguments cannot be known yet."""
        observation = Observation(self._task, self._clients())
        if mentions_placeholder(self._task.args) and not observation.plans_unknown():
            if not self._task.check_mode:
                return refusal(self._task.action)
            result = announcement(self._task.action)
        else:
            observation.before()
            given = self._task.args
            self._task.args = observation.arguments()
            result = self._module(task_vars)
            self._task.args = given
        observation.after(result)
        return result

    def _module(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Run the module, again where AWS throttles or fails or the connection is lost."""
        host = (task_vars or {}).get("inventory_hostname", "")

        def fault(result: dict[str, Any]) -> str | None:
            # Modules leave the cause out of their messages; the warm connection has heard it.
            found = transient(result)
            if found or not result.get("failed") or REFUSED in str(result.get("msg")):
                return found
            return getattr(self._connection, "fault", None)

        return retrying(
            lambda: self._once(task_vars),
            fault,
            lambda line: Display().display(f"{host}: {self._task.get_name()}: {line}"),
            int((task_vars or {}).get("aws_retries", RETRIES)),
        )

    def _once(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Run the module by Ansible's own `normal`, unless the run lost its lock."""
        refused = fence.refusal(self._task)
        if refused:
            return refused
        normal = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.normal",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        self._connection.calls = recording.file()
        result = normal.run(task_vars=task_vars)
        self._write_down()
        return result

    def _write_down(self) -> None:
        """That the module's calls stand in the trace of its component, or that they cannot."""
        if not getattr(self._connection, "heard", False):
            recording.unknown(f"{self._task.action} ran the plain way")
        elif any(self._task.args.get(name) for names in OF_THEIR_OWN for name in names):
            recording.unknown(f"{self._task.action} has credentials or an endpoint of its own")
        else:
            recording.module(self._task.resolved_action or self._task.action)

    def _clients(self) -> Clients | None:
        """Clients like the module's own; None where the module runs on another machine."""
        if not isinstance(self._connection, LocalConnection):
            return None
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return Clients(dict(self._task.args), {k: str(v) for k, v in environment.items()})
