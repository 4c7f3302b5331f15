"""An empty account for one side of a benchmark, with API calls as late as asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAGROUNDWORKBENCH0",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret-not-a-secret-not-a-secret-0",
    "AWS_DEFAULT_REGION": "us-east-1",
}
# What would make one side's run another one than the other's.
FOREIGN = ("AWS_", "ANSIBLE_", "TF_", "PYTHON", "LAB_")


class Account:
    """An emulator in a process of its own, while the context lasts."""

    def __init__(self, folder: Path, latency: int, creation_times: str = "") -> None:
        """The folder above keeps an SSH key, one for all accounts, so that they can be equal.

        `latency` in milliseconds goes before each answer; `creation_times` is the emulator's scale.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.creation_times = creation_times
        self.folder, self.latency, self.url = folder, latency, ""
        self.key = folder.parent / "key"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Account:
        if not self.key.exists():
            program = ["ssh-keygen", "-q", "-t", "ed25519", "-N", ""]
            subprocess.run([*program, "-f", self.key], check=True)
        command = [sys.executable, "-m", "lab", "emulator", "--port", "0"]
        command += ["--latency", str(self.latency), "--creation-times", self.creation_times]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip().partition("=")[2]
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()

    def environment(self) -> dict[str, str]:
        """What a command finds that works on this account."""
        kept = {name: v for name, v in os.environ.items() if not name.startswith(FOREIGN)}
        return kept | KEYS | {"AWS_ENDPOINT_URL": self.url, "GROUNDWORK_SSH_KEY": str(self.key)}
