# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""A plan made by a run of its own, in which nothing is changed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import plan_files

TAIL = 40


class CheckRunFailed(RuntimeError):
    """The run ended without a plan. `tail`: the last lines that it printed."""

    def __init__(self, tail: list[str]) -> None:
        super().__init__("the plan could not be made")
        self.tail = tail


def check_run(command: list[str], result_variable: str) -> dict[str, Any]:
    """The plan of `command` (ansible-playbook and its arguments) run with --check.

    `result_variable` is the extra variable that asks for it: `plan_file`, or `done_file`, which the
    command itself is not asked about. Raises CheckRunFailed.
    """
    with tempfile.TemporaryDirectory(prefix="groundwork-plan-") as folder:
        written = Path(folder, "plan.json")
        # Its summary would stand before that of the run which it is made for.
        run = [sys.executable, *command, "--check"]
        done = subprocess.run(
            [*run, "-e", f"{result_variable}={written}", "-e", "summary_file="],
            env={**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode or not written.exists():
            raise CheckRunFailed(done.stdout.strip().splitlines()[-TAIL:])
        return plan_files.read(str(written))
