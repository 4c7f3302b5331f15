"""The app hosts, reached as an operator reaches them."""

from __future__ import annotations

import json
import subprocess

from tests.e2e.runs import BIN, ROOT


def plain(value: str | dict) -> str:
    """A text as ansible-inventory tells it: what came from AWS is marked."""
    return value["__ansible_unsafe"] if isinstance(value, dict) else value


def told(environment: dict[str, str], inventory: str) -> dict[str, dict]:
    """The variables of each app host, by its name."""
    done = subprocess.run(
        [BIN / "ansible-inventory", "-i", inventory, "--list"],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    return {name: found["_meta"]["hostvars"][name] for name in found["app"]["hosts"]}


def logins(environment: dict[str, str], inventory: str) -> dict[str, list[str]]:
    """The command that logs in to each app host, by the host's name."""
    settings = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR",
                "BatchMode=yes")  # fmt: skip
    options = ["-i", environment["GROUNDWORK_SSH_KEY"], *(f"-o{one}" for one in settings)]
    return {
        name: ["ssh", *options, f"admin@{plain(one['ansible_host'])}"]
        for name, one in told(environment, inventory).items()
    }


def as_root(login: list[str], script: str) -> str:
    """What a shell script says that runs as root; it is told on standard input."""
    done = subprocess.run(
        [*login, "sudo", "sh", "-s"], input=script, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
