# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a month of the environment costs, by its inventory alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import estimate
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.table import table
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import knowledge
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.gather import gather

OPTIONS = {"roles": {"type": "path", "required": True}}


class ActionModule(ActionBase):
    """Adds up what components cost; see the module's documentation."""

    _supports_check_mode = True
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the estimate, or fail with everything that has no price."""
        result = super().run(tmp, task_vars)
        _validation, given = self.validate_argument_spec(OPTIONS)
        roles = Path(given["roles"])
        known = knowledge.load(roles, roles / "preflight" / "rules")
        extra = load_extra_vars(self._loader)
        environment = gather(self._loader, (task_vars or {})["hostvars"], extra, known)
        found = estimate(environment, roles)
        if found.troubles:
            told = "\n".join(f"  {trouble}" for trouble in found.troubles)
            return {**result, "failed": True, "msg": f"The estimate is not complete:\n{told}"}
        told = found.to_dict()
        return {**result, "estimate": told, "lines": table(told)}
