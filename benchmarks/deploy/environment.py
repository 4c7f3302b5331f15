"""The environment in the lab that is measured: its variables, playbooks and hosts."""

from __future__ import annotations

import configparser
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.deploy.errors import Stop
from benchmarks.deploy.phase import Switch

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PLAYBOOK_SECONDS = 600
SSH = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
       "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]  # fmt: skip


@dataclass(frozen=True)
class Played:
    """A run of a playbook: its exit code, seconds, output, and the hosts that it switched."""

    code: int
    seconds: float
    output: str
    switches: list[Switch]


def lab_variables() -> dict[str, str]:
    """The variables with which commands work on the lab. Raises Stop where it is down."""
    script = f'told="$({sys.executable} -m lab env)" && eval "$told" && env -0'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True)
    if done.returncode != 0:
        raise Stop(f"There is no lab to measure: {done.stderr.decode().strip()}")
    told = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if "=" in pair)
    return {**told, "PATH": f"{BIN}:{told['PATH']}", "ANSIBLE_NOCOLOR": "1"}


def callbacks() -> str:
    """Those that ansible.cfg enables, and before them ours: the last one ends the process."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "ansible.cfg")
    return "switches, " + config["defaults"]["callbacks_enabled"]


@dataclass
class Environment:
    """An environment by its inventory; `hosts` maps the names of app hosts to their addresses."""

    inventory: str
    variables: dict[str, str] = field(default_factory=lab_variables)
    hosts: dict[str, str] = field(default_factory=dict)

    def find_hosts(self, expected: int | None) -> None:
        """Read the app hosts from AWS. Raises Stop where they are not as many as expected."""
        done = subprocess.run(
            [BIN / "ansible-inventory", "-i", self.inventory, "--list"],
            env=self.variables, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            raise Stop(
                f"The inventory {self.inventory} cannot be read: {done.stderr.strip()[-500:]}"
            )
        told = json.loads(done.stdout)
        variables = told["_meta"]["hostvars"]
        names = told.get("app", {}).get("hosts", [])
        self.hosts = {name: plain(variables[name]["ansible_host"]) for name in names}
        site = f"ansible-playbook site.yml -i {self.inventory}"
        if not self.hosts:
            raise Stop(f"The environment has no app host. Make one: make demo, or {site}")
        if expected is not None and expected != len(self.hosts):
            raise Stop(
                f"The environment has {len(self.hosts)} app hosts, not {expected}. Type:\n"
                f"  source <(make lab-env) && {site} -e instances_count={expected}"
            )

    def play(self, playbook: str, *extra: str, yields: bool = False) -> Played:
        """Run a playbook with variables `NAME=VALUE`; it is interrupted if it takes too long.

        One that `yields` has the lowest priority: the processors serve everything else first.
        """
        with tempfile.TemporaryDirectory() as folder:
            noted = Path(folder, "switches")
            noted.touch()
            command = [
                *(["nice", "-n", "19"] if yields else []),
                str(BIN / "ansible-playbook"),
                f"playbooks/{playbook}.yml",
                "-i",
                self.inventory,
            ]
            for one in extra:
                command += ["-e", one]
            variables = {
                **self.variables,
                "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback"),
                "ANSIBLE_CALLBACKS_ENABLED": callbacks(),
                "GROUNDWORK_BENCH_SWITCHES": str(noted),
            }
            begun, ticks = time.time(), time.monotonic()
            process = subprocess.Popen(
                command, env=variables, cwd=ROOT, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip
            output = _ended(process, PLAYBOOK_SECONDS)
            seconds = time.monotonic() - ticks
            lines = [json.loads(line) for line in noted.read_text().splitlines()]
        switches = [
            Switch(one["host"], round(one["when"] - begun, 2), one["steps"]) for one in lines
        ]
        return Played(process.returncode, seconds, output, switches)

    def must_play(self, playbook: str, *extra: str) -> Played:
        """The same for what has to succeed before anything can be measured."""
        done = self.play(playbook, *extra)
        if done.code != 0:
            raise Stop(f"playbooks/{playbook}.yml failed:\n{done.output.strip()[-3000:]}")
        return done

    def on_hosts(self, command: str) -> None:
        """Run a command as root on each app host, one after the other."""
        key = self.variables["GROUNDWORK_SSH_KEY"]
        for name, address in self.hosts.items():
            done = subprocess.run(
                ["ssh", "-i", key, *SSH, f"admin@{address}", f"sudo -H {command}"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
            )  # fmt: skip
            if done.returncode != 0:
                raise Stop(f"{name}: `{command}` failed: {done.stderr.strip()[-500:]}")

    def releases(self, url: str, times: int) -> set[str]:
        """The releases that answer at `url`, by the field `release` of the JSON there."""
        context = ssl.create_default_context(cafile=self.variables["GROUNDWORK_CA"])
        found = set()
        for _ in range(times):
            try:
                with urllib.request.urlopen(url, timeout=15, context=context) as answer:
                    found.add(str(json.load(answer)["release"]))
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise Stop(f"{url} does not tell which release serves: {error}") from None
        return found


def plain(value: Any) -> str:
    """A text as ansible-inventory tells it: what came from AWS is marked."""
    return str(value["__ansible_unsafe"] if isinstance(value, dict) else value)


def _ended(process: subprocess.Popen[str], seconds: float) -> str:
    """What a run wrote until its end; it is told to end in good order when we end."""
    try:
        return process.communicate(timeout=seconds)[0]
    except BaseException as error:
        # It releases the environment's lock; a killed one would leave it.
        os.kill(process.pid, signal.SIGINT)
        try:
            output = process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0]
        if isinstance(error, subprocess.TimeoutExpired):
            return f"{output}\nIt was interrupted after {seconds:.0f} s."
        raise
