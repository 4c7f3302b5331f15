# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The two slots of an application on a host: each is a Compose project of its own, with all services."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from typing import Any

SLOTS = ("blue", "green")
SERVING_SHARES = 1024
"""Docker's own: the share of the processors that a container has of which nothing is said."""
# A service may end once or twice until what it needs is there; one that goes on ending does not serve.
CRASHES = 3
COMMAND_SECONDS = 300


class SlotError(Exception):
    """A slot's containers could not be brought where they should be. The text says why."""


def run(argv: list[str], seconds: float = COMMAND_SECONDS) -> str:
    """Output of a command. Raises SlotError with what it said where it failed."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise SlotError(f"{' '.join(argv[:3])} took more than {seconds:.0f} seconds") from None
    except FileNotFoundError:
        raise SlotError(f"{argv[0]} is not installed on this host") from None
    if done.returncode:
        raise SlotError(f"{' '.join(argv[:3])}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


def image_configs(names: list[str]) -> dict[str, dict[str, Any]]:
    """Of those named images, C(REPOSITORY@DIGEST), that are on the host, what each says of itself, by its name."""
    if not names:
        return {}
    try:
        # What is missing is told on stderr, and the others nevertheless.
        done = subprocess.run(
            ["docker", "image", "inspect", *names],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        told = json.loads(done.stdout or "[]")
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return {}
    return {name: one["Config"] for one in told for name in one["RepoDigests"] if name in names}


@dataclass
class Container:
    """A container of a slot. `health` is empty where it has no check."""

    id: str
    service: str
    state: str
    health: str
    restarts: int
    exit_code: int
    started: str
    image: str
    release: str

    @property
    def good(self) -> bool:
        """Whether it runs, healthy where that is checked."""
        return self.state == "running" and self.health in ("", "healthy")

    @property
    def starting(self) -> bool:
        """Whether it runs, and its check has not said yet how it is."""
        return self.state == "running" and self.health == "starting"

    @property
    def lost(self) -> bool:
        """Whether it will not get good by waiting."""
        ended = self.state in ("exited", "dead", "removing")
        return ended or self.health == "unhealthy" or self.restarts >= CRASHES

    def told(self) -> dict[str, Any]:
        """What modules return of it."""
        names = ("service", "state", "health", "restarts", "exit_code", "started", "release")
        return {name: getattr(self, name) for name in names}


def _container(told: dict[str, Any]) -> Container:
    labels, state = told["Config"]["Labels"], told["State"]
    return Container(
        id=told["Id"],
        service=labels["com.docker.compose.service"],
        state=state["Status"],
        health=(state.get("Health") or {}).get("Status", "").replace("none", ""),
        restarts=told["RestartCount"],
        exit_code=state["ExitCode"],
        started=state["StartedAt"],
        image=told["Config"]["Image"],
        release=labels.get("groundwork.release", ""),
    )


@dataclass
class Slot:
    """One slot: a folder with its Compose project, and the containers of it."""

    name: str
    project: str
    folder: str
    file: str = field(init=False)

    def __post_init__(self) -> None:
        self.file = os.path.join(self.folder, "compose.yml")

    def text(self) -> str:
        """Its Compose project; empty where there is none."""
        try:
            with open(self.file, encoding="utf-8") as stream:
                return stream.read()
        except FileNotFoundError:
            return ""

    def write(self, text: str) -> None:
        """Replace its Compose project at once."""
        os.makedirs(self.folder, mode=0o755, exist_ok=True)
        new = self.file + ".new"
        with open(new, "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o644)
            stream.write(text)
        os.rename(new, self.file)

    def release(self) -> str:
        """The release that its Compose project names."""
        found = re.search(r'^x-groundwork-release: "(.*)"$', self.text(), re.M)
        return found[1] if found else ""

    def keeps(self) -> list[str]:
        """The images that its Compose project names beside those of its services."""
        found = re.search(r"^x-groundwork-keeps: (\[.*\])$", self.text(), re.M)
        return json.loads(found[1]) if found else []

    def services(self) -> list[str]:
        """The services that its Compose project names."""
        section = self.text().partition("\nservices:\n")[2]
        names = []
        for line in section.splitlines():
            if line[:1].strip() and not line.startswith("#"):
                break  # the next section
            found = re.fullmatch(r"  ([\w.-]+):", line)
            names += [found[1]] if found else []
        return names

    def containers(self) -> list[Container]:
        """Its containers as they are now."""
        label = f"label=com.docker.compose.project={self.project}"
        listing = ["docker", "ps", "--all", "--quiet", "--no-trunc", "--filter", label]
        ids = run(listing).split()
        if not ids:
            return []
        try:
            told = json.loads(run(["docker", "inspect", *ids]))
        except SlotError:  # one of them just went
            ids = run(listing).split()
            told = json.loads(run(["docker", "inspect", *ids])) if ids else []
        return sorted((_container(one) for one in told), key=lambda one: one.service)

    def good(self) -> bool:
        """Whether every service of it runs, healthy."""
        wanted = self.services()
        return bool(wanted) and {one.service for one in self.containers() if one.good} >= {*wanted}

    def running(self) -> bool:
        """Whether a container of it runs or is about to."""
        return any(one.state in ("running", "restarting", "paused") for one in self.containers())

    def _compose(self, *words: str) -> str:
        return run(["docker", "compose", "--file", self.file, *words])

    def up(self) -> None:
        """Start its containers; those that are as the project says are not made anew."""
        self._compose("up", "--detach", "--no-build", "--pull", "never", "--remove-orphans")

    def weigh(self, shares: int) -> None:
        """Give its containers a share of the processors, as far as others want them too. They need not run."""
        run(["docker", "update", "--cpu-shares", str(shares), *(c.id for c in self.containers())])

    def stop(self) -> None:
        """Stop its containers, each within its own grace period; they stay."""
        self._compose("stop")

    def remove(self) -> None:
        """Remove its containers, and the project."""
        if self.text():
            self._compose("down", "--remove-orphans", "--timeout", "10")
            os.unlink(self.file)

    def logs(self, container: Container, lines: int) -> str:
        """The last lines that a container said; empty where its driver keeps none here."""
        argv = ["docker", "logs", "--tail", str(lines), container.id]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
        return (done.stdout + done.stderr).strip()
