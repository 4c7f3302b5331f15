"""An emulator of its own for each module of tests, and Ansible runs against it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAGROUNDWORKTESTS0",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret-not-a-secret-not-a-secret-0",
    "AWS_DEFAULT_REGION": "us-east-1",
}
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.M)


# What happens to one environment, in this order and in one account (traces and drift: in qa).
LIFE = ("test_lifecycle", "test_traces", "test_drift", "test_end_of_life")


class Lives(LoadScopeScheduling):
    """Tests of a module share its account, and so a worker; each environment's life has its own."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if Path(module).stem not in LIFE:
            return module
        return "prod" if nodeid.endswith("[prod]") else "qa"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lives:
    """Workers take tests as Lives says; --dist loadgroup does not group with pytest 9."""
    return Lives(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lasts longest begins, and each life is in its order."""
    items.sort(key=lambda item: (*LIFE, item.path.stem).index(item.path.stem))


@dataclass
class Run:
    """One ansible-playbook run: exit code, output, API calls, and changed tasks by component."""

    code: int
    output: str
    calls: list[dict] = field(default_factory=list)
    # What the run changed, or would change (docs/plan.md); empty where it did not come to that.
    plan: dict = field(default_factory=dict)

    @property
    def changed(self) -> dict[str, int]:
        """Number of changed tasks by host, without hosts that changed nothing."""
        return {m[0]: int(m[2]) for m in RECAP.findall(self.output) if int(m[2])}

    @property
    def changed_tasks(self) -> set[tuple[str, str]]:
        """Pairs of task and «host (item)» that were reported as changed."""
        found, task = set(), ""
        for line in self.output.splitlines():
            if line.startswith("TASK ["):
                task = line.split("[", 1)[1].split("]")[0]
            elif line.startswith("changed: "):
                found.add((task, line.removeprefix("changed: ")))
        return found

    @property
    def mutating(self) -> list[str]:
        """Names of the API calls that changed something of the environment.

        A run's own lock and record are about the run: they are left out.
        """
        return [
            f"{c['service']}.{c['action']}"
            for c in self.calls
            if c["mutating"] and not is_about_the_run(c)
        ]


def is_about_the_run(call: dict) -> bool:
    """Whether a call writes the run's lock item or its record."""
    if call["service"] == "dynamodb":
        return call["action"] in ("PutItem", "UpdateItem")
    return call["service"] == "s3" and "/runs/" in call["path"]


class Account:
    """An empty AWS account, emulated, and the playbooks run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.jsonl"
        # Playbook, environment, arguments and Run of each run, in order.
        self.played: list[tuple[str, str, tuple[str, ...], Run]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            **KEYS,
            "AWS_ENDPOINT_URL": self.url,
            "GROUNDWORK_SSH_KEY": str(key),
            "ANSIBLE_NOCOLOR": "1",
            # Task by task, as changed_tasks reads it.
            "ANSIBLE_STDOUT_CALLBACK": "default",
            # One for all accounts: packed modules are kept there.
            "ANSIBLE_HOME": str(ROOT / ".pytest_cache" / "ansible"),
        }
        command = [sys.executable, "-m", "lab", "emulator", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--record", str(self.log)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        until(listens, "the emulator")

    def stop(self) -> None:
        """End the emulator."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    def client(self, service: str):
        """A client of the account."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    @staticmethod
    def command(playbook: str, env: str) -> list[str]:
        """The command line of a playbook on an environment."""
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        return [program, f"playbooks/{playbook}.yml", "-i", f"inventories/{env}"]

    def play(self, playbook: str, env: str, *arguments: str) -> Run:
        """Run a playbook on an environment; the calls it made stand in the result."""
        before = self._calls()
        told = self.folder / "done.json"
        told.unlink(missing_ok=True)
        done = subprocess.run(
            [*self.command(playbook, env), "-e", f"done_file={told}", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        plan = json.loads(told.read_text()) if told.exists() else {}
        calls = self._calls()[len(before) :]
        run = Run(done.returncode, done.stdout + done.stderr, calls, plan)
        self.played.append((playbook, env, arguments, run))
        return run

    def succeed(self, playbook: str, env: str, *arguments: str) -> Run:
        """Run a playbook that must not fail."""
        run = self.play(playbook, env, *arguments)
        assert run.code == 0, run.output[-4000:]
        return run

    def _calls(self) -> list[dict]:
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def new_account(folder: Path) -> Iterator[Account]:
    """An empty account as long as a fixture lasts."""
    account = Account(folder)
    yield account
    account.stop()


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An empty account for a module of tests."""
    yield from new_account(tmp_path_factory.mktemp("account"))


@pytest.fixture(scope="module", params=["qa", "prod"])
def env(request: pytest.FixtureRequest) -> str:
    """Each environment in its turn, where a module says nothing else."""
    return request.param


@pytest.fixture(scope="session")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """The life of an environment (lives.py), by its name."""
    from lives import Life  # here: other folders' tests take this file's Account, without the path

    begun: dict[str, Life] = {}

    def of(env: str) -> Life:
        if env not in begun:
            begun[env] = Life(Account(tmp_path_factory.mktemp(env)), env)
        return begun[env]

    yield of
    for one in begun.values():
        one.account.stop()
