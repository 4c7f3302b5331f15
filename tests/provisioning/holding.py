"""Runs that hold the lock until a test lets them go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.waiting import PATIENCE, until

if TYPE_CHECKING:
    from conftest import Account

ROOT = Path(__file__).parents[2]
LOCK = "milky-way-admin-panel {env}"
TABLE = "milky-way-admin-panel-{env}-lock"


class Holder:
    """A run of tests/provisioning/playbooks/hold.yml, in a process group of its own."""

    def __init__(self, account: Account, folder: Path, *arguments: str, env: str = "qa") -> None:
        folder.mkdir()
        self.folder, self.account, self.env = folder, account, env
        self.step = f"/steps/{folder.name}"
        facts = {"my_folder": folder, "my_step": self.step, "my_gate": "true"}
        self.output = folder / "output"
        self.process = subprocess.Popen(
            [
                # A test run in the background ignores them, and hands that down.
                *("env", "--default-signal=INT,HUP"),
                str(Path(sys.executable).with_name("ansible-playbook")),
                "tests/provisioning/playbooks/hold.yml",
                *("-i", f"inventories/{env}"),
                *[word for name, value in facts.items() for word in ("-e", f"{name}={value}")],
                *arguments,
            ],
            cwd=ROOT,
            env=account.environment,
            stdout=self.output.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def ready(self) -> Holder:
        """Wait until it holds the lock."""
        return self._until(lambda: (self.folder / "ready").exists())

    def waiting(self) -> Holder:
        """Wait until it waits for another one's lock."""
        return self._until(lambda: "Waiting for the lock (" in self.said())

    def _until(self, seen: Callable[[], bool]) -> Holder:
        def met() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return seen()

        until(met, f"what {self.output} does not tell")
        return self

    def go(self) -> None:
        """Let it go on."""
        (self.folder / "go").touch()

    def end(self) -> tuple[int, str]:
        """Wait for its end: exit code, and output on one line."""
        code = self.process.wait(timeout=PATIENCE)
        return code, self.said()

    def said(self) -> str:
        """What it has written until now, on one line."""
        return " ".join(self.output.read_text().split())

    def signal(self, number: int, group: bool = False) -> None:
        """Send it a signal, or its whole process group with all that Ansible started there."""
        (os.killpg if group else os.kill)(self.process.pid, number)

    def kill(self) -> None:
        """Kill it, as the kernel does."""
        self.signal(signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    def stepped(self) -> bool:
        """Whether it took its step."""
        found = self.account.client("logs").describe_log_groups(logGroupNamePrefix=self.step)
        return bool(found["logGroups"])


def item(account: Account, env: str = "qa") -> dict:
    """The lock's item; empty where there is none."""
    key = {"LockID": {"S": LOCK.format(env=env)}}
    answer = account.client("dynamodb").get_item(TableName=TABLE.format(env=env), Key=key)
    return answer.get("Item", {})


def holder(account: Account, env: str = "qa") -> str:
    """The run that holds the lock; empty where it is free."""
    return item(account, env).get("run", {}).get("S", "")


def forget(account: Account, env: str) -> None:
    """Free the lock of a run that was killed, without waiting for its lease."""
    key = {"LockID": {"S": LOCK.format(env=env)}}
    account.client("dynamodb").delete_item(TableName=TABLE.format(env=env), Key=key)
