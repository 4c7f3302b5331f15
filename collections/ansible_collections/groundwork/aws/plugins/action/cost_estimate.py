# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a month of the environment costs: by its inventory alone, or at the prices that AWS has now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.current import (
    comparison,
    live_estimate,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import estimate
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.table import (
    compared,
    table,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import knowledge
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.gather import gather

OPTIONS = {
    "roles": {"type": "path", "required": True},
    "prices": {"type": "str", "choices": ["table", "live", "compare"], "default": "table"},
}


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
        if given["prices"] == "compare":
            return {**result, **_compared(comparison(environment, roles))}
        at = live_estimate if given["prices"] == "live" else estimate
        found = at(environment, roles)
        asked = found.facts.get("prices", {})
        if found.troubles:
            lines = [*found.troubles, *([asked["trouble"]] if asked.get("trouble") else [])]
            told = "\n".join(f"  {line}" for line in lines)
            return {**result, "failed": True, "msg": f"The estimate is not complete:\n{told}"}
        if asked.get("trouble"):
            result["warnings"] = [f"AWS's Price List could not be asked: {asked['trouble']}"]
        told = found.to_dict()
        return {**result, "estimate": told, "lines": table(told)}


def _compared(found: dict[str, Any]) -> dict[str, Any]:
    """A comparison as a result; without any price of AWS's there is none."""
    if not found["live"]:
        why = found["trouble"] or "It told none of the prices."
        return {"failed": True, "msg": f"AWS's Price List could not be asked: {why}"}
    told = {"comparison": found, "lines": compared(found)}
    return {**told, "warnings": [found["trouble"]]} if found["trouble"] else told
