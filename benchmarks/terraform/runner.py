"""Runs Terraform on the configuration of this folder, in a working folder of its own.

    python -m benchmarks.terraform.runner FOLDER qa init apply plan destroy

Account and endpoint come from the environment (`AWS_ENDPOINT_URL`, credentials). State and the link
to the provider stay in FOLDER. The provider is read from a mirror on the disk, which
`GROUNDWORK_TF_PLUGINS` names: nothing is downloaded.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.terraform import dashboard

CONFIGURATION = Path(__file__).parent
# What the dashboard's widgets follow from.
SIZES = ("instances_count", "cache_replicas", "database_instance_class", "database_storage")
ALARMS = CONFIGURATION.parents[1] / "group_vars" / "operations.yml"
DEFAULT_PLUGINS = "/opt/tf-plugins"
PROVIDER = "*/hashicorp/aws/*"
# `plan -detailed-exitcode`: 2 says that there is something to change, which is no failure.
CHANGES = 2


class TerraformError(Exception):
    """Terraform cannot be run, or could not do what it was asked for."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A working folder for one environment (`qa`, `prod`); `variables` lead to the account."""

    folder: Path
    environment: str
    variables: Mapping[str, str]

    @property
    def state(self) -> Path:
        """The file of the local state."""
        return self.folder / "terraform.tfstate"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: wall seconds, exit code, resources in the state afterwards, output."""

    seconds: float
    code: int
    resources: int
    output: str


def prepare(folder: Path, environment: str, variables: Mapping[str, str]) -> Workspace:
    """Copy the configuration into `folder`, which is made where it is missing.

    `variables`: the environment that Terraform runs in.
    """
    terraform()
    plugins()
    if not (CONFIGURATION / f"{environment}.tfvars").is_file():
        raise TerraformError(f"There is no {environment}.tfvars in {CONFIGURATION}.")
    folder.mkdir(parents=True, exist_ok=True)
    for source in (*CONFIGURATION.glob("*.tf"), *CONFIGURATION.glob("*.tfvars")):
        shutil.copy(source, folder)
    shutil.copy(ALARMS, folder / "alarms.yml")
    workspace = Workspace(folder, environment, variables)
    sizes = {name: _variable(workspace, name).partition("=")[2].strip(' "') for name in SIZES}
    body = dashboard.template("milky-way-admin-panel", environment, sizes)
    (folder / "dashboard.tftpl").write_text(body)
    mirror = json.dumps(str(plugins()))
    (folder / "cli.tfrc").write_text(
        "provider_installation {\n"
        f"  filesystem_mirror {{\n    path = {mirror}\n  }}\n"
        '  direct {\n    exclude = ["*/*/*"]\n  }\n'
        "}\n"
    )
    return workspace


def init(workspace: Workspace) -> Outcome:
    """Link the provider into the working folder."""
    return _run(workspace, "init")


def plan(workspace: Workspace) -> Outcome:
    """Compare the account with the configuration. Exit code 2: there is something to change."""
    return _run(
        workspace, "plan", "-detailed-exitcode", *_variables(workspace), accept=(0, CHANGES)
    )


def apply(workspace: Workspace, *options: str) -> Outcome:
    """Make the account as the configuration says. `options` are Terraform's, such as `-var`."""
    return _run(workspace, "apply", "-auto-approve", *_variables(workspace), *options)


def destroy(workspace: Workspace) -> Outcome:
    """Take everything down, after the protection of a protected environment was taken off."""
    unprotected = "-var=protected=false"
    began = time.monotonic()
    if "true" in _variable(workspace, "protected"):
        apply(workspace, unprotected)
    outcome = _run(workspace, "destroy", "-auto-approve", *_variables(workspace), unprotected)
    return Outcome(time.monotonic() - began, outcome.code, outcome.resources, outcome.output)


def terraform() -> str:
    """Tell where Terraform is."""
    found = shutil.which("terraform")
    if not found:
        raise TerraformError(
            "terraform was not found in PATH. Install Terraform 1.11 or newer: "
            "https://developer.hashicorp.com/terraform/install"
        )
    return found


def plugins() -> Path:
    """Tell the mirror that holds the AWS provider."""
    mirror = Path(os.environ.get("GROUNDWORK_TF_PLUGINS", DEFAULT_PLUGINS))
    if not any(mirror.glob(PROVIDER)):
        raise TerraformError(
            f"The AWS provider is not in {mirror}. Name a folder in GROUNDWORK_TF_PLUGINS that "
            "`terraform providers mirror FOLDER` has filled, on a machine with internet, in "
            f"{CONFIGURATION}."
        )
    return mirror


def resources(workspace: Workspace) -> int:
    """Count the resources of the state, without data sources."""
    if not workspace.state.is_file():
        return 0
    state = json.loads(workspace.state.read_text())
    managed = (one for one in state["resources"] if one["mode"] == "managed")
    return sum(len(one["instances"]) for one in managed)


def _variables(workspace: Workspace) -> list[str]:
    return [
        f"-var-file={workspace.environment}.tfvars",
        "-var",
        f"ssh_public_key={_public_key(workspace)}",
    ]


def _variable(workspace: Workspace, name: str) -> str:
    lines = (workspace.folder / f"{workspace.environment}.tfvars").read_text().splitlines()
    return next((line for line in lines if line.split("=")[0].strip() == name), "")


def _public_key(workspace: Workspace) -> str:
    key = Path(workspace.variables.get("GROUNDWORK_SSH_KEY") or "~/.ssh/id_ed25519").expanduser()
    public = key.with_name(key.name + ".pub")
    if not public.is_file():
        raise TerraformError(f"There is no public key {public}: name a key by GROUNDWORK_SSH_KEY.")
    return public.read_text().strip()


def _run(
    workspace: Workspace, command: str, *options: str, accept: tuple[int, ...] = (0,)
) -> Outcome:
    environment = {
        **workspace.variables,
        "TF_CLI_CONFIG_FILE": str(workspace.folder / "cli.tfrc"),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }
    arguments = [terraform(), command, "-input=false", "-no-color", *options]
    began = time.monotonic()
    done = subprocess.run(
        arguments,
        cwd=workspace.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.monotonic() - began
    if done.returncode not in accept:
        raise TerraformError(f"terraform {command} ended with {done.returncode}:\n{done.stdout}")
    return Outcome(seconds, done.returncode, resources(workspace), done.stdout)


def main() -> int:
    """Run the commands of the command line, one after the other."""
    commands = {"init": init, "plan": plan, "apply": apply, "destroy": destroy}
    parser = argparse.ArgumentParser(description="Runs Terraform on the same environment.")
    parser.add_argument("folder", type=Path, help="working folder, kept: state and plugin links")
    parser.add_argument("environment", choices=["qa", "prod"])
    parser.add_argument("command", nargs="+", choices=commands)
    parser.add_argument("-v", "--verbose", action="store_true", help="print Terraform's output")
    arguments = parser.parse_args()
    try:
        workspace = prepare(arguments.folder.resolve(), arguments.environment, os.environ)
        for command in arguments.command:
            outcome = commands[command](workspace)
            if arguments.verbose:
                print(outcome.output)
            print(
                f"{command:8} {outcome.seconds:7.1f} s  exit code {outcome.code}  "
                f"{outcome.resources} resources"
            )
    except TerraformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
