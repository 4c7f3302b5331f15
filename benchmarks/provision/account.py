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

    def __init__(self, folder: Path, latency: int) -> None:
        """`folder` keeps an SSH key; `latency` in milliseconds goes before each answer."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.latency, self.url = folder, latency, ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Account:
        key = self.folder / "key"
        if not key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        command = [sys.executable, "-m", "lab", "emulator", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, "--latency", str(self.latency)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
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
        key = str(self.folder / "key")
        return kept | KEYS | {"AWS_ENDPOINT_URL": self.url, "GROUNDWORK_SSH_KEY": key}
