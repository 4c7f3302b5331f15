"""Those that are compared: what each runs for a plan, a run and a destroy."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.provision.account import ROOT, Account
from benchmarks.terraform import runner

OPERATIONS = ("first run", "run after it", "no-op run", "plan", "destroy")


class SideError(Exception):
    """A side could not do what it was asked for; the text ends with what it said."""


@dataclass(frozen=True, slots=True)
class Groundwork:
    """The project as it is, without traces, or without its warm Pythons, which traces need."""

    warm: bool = True
    traces: bool = True

    @property
    def name(self) -> str:
        """What the table calls it."""
        if not self.warm:
            return "without warm Pythons"
        return "Groundwork" if self.traces else "without traces"

    def run(self, operation: str, env: str, account: Account) -> float:
        """Seconds of one operation."""
        playbook = "destroy" if operation == "destroy" else "provision"
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, f"playbooks/{playbook}.yml", "-i", f"inventories/{env}"]
        if operation == "destroy":
            command += ["-e", f"destroy={env}", "-e", f"destroy_protected={env}"]
            command += ["-e", '{"database_final_snapshot": false}']
        if operation == "plan":
            command.append("--check")
        if not self.traces:
            command += ["-e", "traces=false"]
        environment = account.environment() | {"ANSIBLE_NOCOLOR": "1"}
        if not self.warm:
            environment |= {"ANSIBLE_WARM_ENABLED": "0", "ANSIBLE_WARM_PAYLOADS": "0"}
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        seconds = time.monotonic() - began
        if done.returncode:
            raise SideError(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-3000:]}")
        return seconds


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform with the AWS provider, on benchmarks/terraform."""

    name: str = "Terraform"

    def run(self, operation: str, env: str, account: Account) -> float:
        """Seconds of one operation. A run without changes is a plan that is applied."""
        workspace = runner.prepare(account.folder / "terraform", env, account.environment())
        if operation == "first run":
            runner.init(workspace)
        commands = {"plan": runner.plan, "destroy": runner.destroy}
        try:
            return commands.get(operation, runner.apply)(workspace).seconds
        except runner.TerraformError as error:
            raise SideError(str(error)) from None


Side = Groundwork | Terraform


def sides() -> tuple[list[Side], str]:
    """Those that can run here, and why one is missing."""
    ours: list[Side] = [Groundwork(), Groundwork(traces=False), Groundwork(warm=False)]
    try:
        runner.terraform()
        runner.plugins()
    except runner.TerraformError as error:
        return ours, f"Without Terraform: {error}"
    return [*ours, Terraform()], ""
