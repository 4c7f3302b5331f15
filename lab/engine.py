"""Docker for the lab: the machine's own where it is new enough, else one of the lab's."""

import contextlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import DockerException

from lab import processes
from lab.dockerd import Dockerd
from lab.errors import LabError
from lab.progress import step
from lab.settings import Settings

OLDEST = 24
_SYSTEM = "unix:///var/run/docker.sock"


@dataclass(frozen=True, slots=True)
class Engine:
    """A Docker engine. `private` is the lab's own process, None for the machine's engine."""

    host: str
    private: Dockerd | None
    settings: Settings

    def client(self, timeout: int = 60) -> docker.DockerClient:
        """Connect to the engine. Raises docker.errors.DockerException when it does not answer."""
        # A larger pool than the default: every controller talks to it from its own thread.
        return docker.DockerClient(self.host, version="auto", timeout=timeout, max_pool_size=32)

    def version(self) -> str:
        """Tell the engine's version, empty when it does not answer."""
        return _version(self.host)

    def environment(self) -> dict[str, str]:
        """Make the variables with which a Docker client works on this engine."""
        found = {"DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.settings.docker_config)}
        if self.private:
            found["PATH"] = f"{self.private.path}:{os.environ['PATH']}"
        return found

    def run(self, *arguments: str, title: str = "") -> str:
        """Run the `docker` command on this engine. Returns what it printed; raises LabError."""
        done = subprocess.run(
            ["docker", *arguments], env=os.environ | self.environment(),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            last = "\n".join(f"    {line}" for line in done.stderr.strip().splitlines()[-15:])
            raise LabError(f"{title or 'docker ' + arguments[0]} failed:\n{last}")
        return done.stdout


def ensure(settings: Settings) -> Engine:
    """Have an engine that answers: the machine's, or the lab's own, fetched and started."""
    engine = start(settings)
    wait(engine)
    return engine


def start(settings: Settings) -> Engine:
    """Choose the engine and start it where it is the lab's own, without waiting for it."""
    engine = _recorded(settings)
    if engine and not engine.private and not engine.version():
        raise LabError(
            f"the Docker engine at {engine.host}, in which the lab is, does not answer",
            "start it (systemctl start docker), or give the lab up: make lab-down",
        )
    engine = engine or _of_machine(settings) or _own(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    _record(settings).write_text(
        json.dumps({"host": engine.host, "private": bool(engine.private)}), encoding="utf-8"
    )
    if engine.private:
        engine.private.fetch()
        engine.private.start()
    _configure_client(engine)
    return engine


def wait(engine: Engine, seconds: float = 60) -> None:
    """Wait until the engine answers. Raises LabError when it does not."""
    if engine.version():
        return
    if not engine.private:
        raise LabError(f"the Docker engine at {engine.host} does not answer", "start it")
    private = engine.private
    with step("Start Docker's engine"):
        processes.wait(lambda: private.pid, 5)
        processes.wait(lambda: engine.version() or not private.pid, seconds)
        if not engine.version():
            raise private.explain()


def current(settings: Settings) -> Engine | None:
    """Tell the engine that the lab was started with, None when there is no lab."""
    return _recorded(settings)


def _record(settings: Settings) -> Path:
    return settings.home / "engine.json"


def _recorded(settings: Settings) -> Engine | None:
    try:
        record = json.loads(_record(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return _own(settings) if record["private"] else Engine(record["host"], None, settings)


def _own(settings: Settings) -> Engine:
    private = Dockerd(settings)
    return Engine(f"unix://{private.socket}", private, settings)


def _of_machine(settings: Settings) -> Engine | None:
    """Find the machine's engine if the lab can use it: local, new enough, with a client."""
    own = f"unix://{Dockerd(settings).socket}"
    for host in (os.environ.get("DOCKER_HOST", ""), _SYSTEM):
        # Containers share folders with this machine, so an engine elsewhere cannot serve.
        if not host.startswith("unix://") or host == own:
            continue
        version = _version(host)
        if version and int(version.split(".")[0]) >= OLDEST and _client_works():
            return Engine(host, None, settings)
    return None


def _client_works() -> bool:
    return (
        bool(shutil.which("docker"))
        and not subprocess.run(["docker", "buildx", "version"], capture_output=True).returncode
    )


def _version(host: str) -> str:
    with contextlib.suppress(DockerException, OSError, ValueError):
        client = docker.DockerClient(host, version="auto", timeout=5)
        try:
            return client.version()["Version"]
        finally:
            client.close()
    return ""


def _configure_client(engine: Engine) -> None:
    folder = engine.settings.docker_config
    plugins = folder / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    if not (folder / "config.json").exists():
        (folder / "config.json").write_text("{}\n", encoding="ascii")
    for source in _plugin_folders(engine):
        for plugin in sorted(source.glob("docker-*")):
            link = plugins / plugin.name
            if not link.exists():
                link.unlink(missing_ok=True)
                link.symlink_to(plugin)


def _plugin_folders(engine: Engine) -> list[Path]:
    if engine.private:
        return [engine.private.plugins]
    roots = ("/usr/local/libexec", "/usr/libexec", "/usr/local/lib", "/usr/lib")
    installed = [Path(root) / "docker" / "cli-plugins" for root in roots]
    own = os.environ.get("DOCKER_CONFIG")
    users = Path(own) if own and Path(own) != engine.settings.docker_config else None
    return [(users or Path.home() / ".docker") / "cli-plugins", *installed]
