# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Compares an environment with its inventory: a plan, and what carries our tags besides."""

from __future__ import annotations

import sys
from typing import Any

from ansible import context
from ansible.plugins.action import ActionBase
from ansible_collections.groundwork.aws.plugins.plugin_utils import drift, plan_files, rendering
from ansible_collections.groundwork.aws.plugins.plugin_utils.check_run import (
    CheckRunFailed,
    check_run,
)


def described(plan: dict[str, Any], orphans: list[dict[str, Any]]) -> list[str]:
    """What drifted as lines for people; the last one says it all."""
    lines = rendering.summary({**plan, "cost": None}, width=0)[:-1]
    if orphans:
        lines.append("orphans: they carry our tags or name, but no component declares them")
        width = max(len(one["type"]) for one in orphans)
        lines += [
            f"  ? {one['type']:<{width}} {one['name']}  {one['arn']}"
            + (f"  restored from {of}, without our tags" if (of := one["restored_from"]) else "")
            for one in orphans
        ]
        lines.append("")
    changes = {action: plan["totals"][action] for action in rendering.SIGNS}
    if not sum(changes.values()) and not orphans:
        return [*lines, f"In step: {plan['totals']['unchanged']} resources are as declared."]
    return [
        *lines,
        f"Drifted: {changes['create']} missing, {changes['update']} changed, "
        f"{changes['delete']} too many, {len(orphans)} orphans.",
    ]


class ActionModule(ActionBase):
    """See the module's documentation."""

    _supports_check_mode = True
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Plan and look; a drifted environment is no failure here."""
        result = super().run(tmp, task_vars)
        _spec, given = self.validate_argument_spec(
            {
                "playbook": {"type": "path", "required": True},
                "tags": {"type": "dict", "required": True},
                "regions": {"type": "list", "elements": "str", "default": []},
                "path": {"type": "str"},
            }
        )
        trouble = given["path"] and plan_files.trouble_writing(given["path"])
        if trouble:
            return {**result, "failed": True, "msg": trouble}
        playbooks = set(context.CLIARGS.get("args") or ())
        options = [word for word in sys.argv[1:] if word not in playbooks]
        try:
            # Whoever asks what drifted wants every component gone through.
            again = [sys.argv[0], given["playbook"], *options, "-e", "traces=false"]
            plan = check_run(again, "done_file")
        except CheckRunFailed as error:
            told = "\n".join(f"  {line}" for line in error.tail)
            return {**result, "failed": True, "msg": f"The plan could not be made:\n{told}"}
        found = self._execute_module(
            module_name="groundwork.aws.tagged_resources_info",
            module_args={"tags": given["tags"], "regions": given["regions"], "restored": True},
            task_vars=task_vars,
        )
        if found.get("failed"):
            return {**result, **found}
        only = list(plan["components"]) if plan["limit"] else None
        orphans = drift.orphans(found["resources"], plan["seen"], only)
        changed = any(plan["totals"][action] for action in rendering.SIGNS)
        told = {
            "drifted": changed or bool(orphans),
            "totals": {**plan["totals"], "orphans": len(orphans)},
            "components": plan["components"],
            "orphans": orphans,
        }
        if given["path"]:
            plan_files.write(given["path"], told)
        return {**result, "changed": False, **told, "lines": described(plan, orphans)}
