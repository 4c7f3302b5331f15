# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Stops a run before its first change, with everything that is wrong in one message."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import ansible.constants as C
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import (
    account,
    knowledge,
    machine,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.checks.values import (
    check_required,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import shown
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import (
    nearest,
    report,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.gather import gather
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.judge import judge

OPTIONS = {
    "operation": {"type": "str", "required": True},
    "roles": {"type": "path", "required": True},
    "rules": {"type": "path", "required": True},
}
# Without one of these an inventory says nothing of money, and no run speaks of it.
MONEY = ("cost_budget", "cost_prices", "cost_usage", "cost_region_factor")


class ActionModule(ActionBase):
    """Judges files, machine and account; see the module's documentation."""

    _supports_check_mode = True
    _requires_connection = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Fail with every finding, or say nothing."""
        result = super().run(tmp, task_vars)
        _validation, given = self.validate_argument_spec(OPTIONS)
        known = knowledge.load(Path(given["roles"]), Path(given["rules"]))
        operation = given["operation"]
        needs = known.operations.get(operation)
        if needs is None:
            near = nearest(operation, known.operations) or ", ".join(known.operations)
            return {**result, "failed": True, "msg": f"preflight: no verb {operation}: {near}?"}
        environment = gather(
            self._loader, (task_vars or {})["hostvars"], load_extra_vars(self._loader), known
        )
        unsound = judge(environment, needs.get("values", True))
        check_required(environment, needs.get("options", []))
        self._look_around(environment, unsound, needs)
        findings = environment.findings
        if findings:
            result["failed"] = True
            result["msg"] = report(findings, shown(environment.folder))
        else:
            result["findings"] = [asdict(finding) for finding in findings]
            if needs.get("cost") and any(environment.definition(name) for name in MONEY):
                result["cost"] = self._cost(environment, Path(given["roles"]))
        return result

    @staticmethod
    def _cost(environment: Environment, roles: Path) -> dict[str, Any]:
        """What a month costs, for the end of the run; no trouble with prices stops one."""
        from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.difference import carry
        from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import estimate

        try:
            return carry(estimate(environment, roles), roles, environment.value("cost_prices"))
        except Exception:  # a role's expression may raise anything; playbooks/cost.yml tells it
            return {"troubles": 1}

    def _look_around(
        self,
        environment: Environment,
        unsound: set[str] | None,
        needs: dict[str, Any],
    ) -> None:
        """Look at the machine, and at the account where its region is known."""

        def value(name: str, host: str | None = None) -> Any:
            if unsound is None or name in unsound:
                return None
            try:
                return environment.value(name, host)
            except Unknown:
                return None

        plan = self._task.check_mode
        for finding in machine.check(needs, environment.knowledge.versions, value("ssh_key"), plan):
            environment.add(finding)
        region = value("aws_region")
        if region is None or not needs.get("account", True):
            return
        letters = None
        network = next(
            (h for h in environment.components if value("component_role", h) == "network"), None
        )
        if needs.get("zones") and network:
            letters = value("network_zone_letters", network)
        place = shown(environment.folder)
        asked = (value("aws_account_id"), region, letters, place, C.ANSIBLE_HOME)
        for finding in account.check(*asked):
            if environment.definition(finding.key):
                environment.complain(finding.key, finding.says, finding.write)
            else:
                environment.add(finding)
