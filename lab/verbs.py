"""The lab's verbs: up, down, reset, status, purge, env, images, engine."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docker.errors import DockerException, NotFound

from lab import daemon, debian, engine, images, network, operator, packages, pki, processes
from lab.dockerd import unmount_below
from lab.engine import Engine
from lab.errors import LabError
from lab.progress import say, step
from lab.scenarios import end_accounts
from lab.settings import Settings

_PATIENCE = 90.0
# Commands that the lab uses, with the Debian packages that have them.
_TOOLS = {
    "ssh-keygen": "openssh-client", "ip": "iproute2", "ss": "iproute2", "iptables": "iptables",
    "nsenter": "util-linux",
}  # fmt: skip
_MARK = "made-by-groundwork-lab"


def up(settings: Settings) -> None:
    """Have the lab up: start what is missing, replace what is out of date, keep the rest."""
    processes.need_root("up")
    with _alone(settings):
        _make_folders(settings)
        chosen = engine.start(settings)
        if daemon.pid(settings) and _outdated(settings):
            with step("Stop the daemon of older code"):
                daemon.stop(settings)
        launched = not daemon.pid(settings)
        if launched:
            daemon.launch(settings)  # its imports take seconds: let them run meanwhile
        try:
            _prepare(settings, chosen, launched)
        except BaseException:
            if launched:
                daemon.stop(settings)
            raise
        daemon.release(settings)
        _wait_until_ready(settings)
    say(f"The lab is up: AWS at {settings.emulator_url}, `make lab-status` shows it.")


def down(settings: Settings) -> None:
    """Remove the lab: containers, network, addresses, processes, files. The cache stays."""
    processes.need_root("down")
    with _alone(settings):
        if not settings.home.exists():
            say("The lab is down: nothing to remove.")
            return
        _take_down(settings, keep=True)
    say("The lab is down.")
    if settings.cache.is_dir():
        say(f"Kept for the next time: {settings.cache} ({_size(settings)}), "
            "engine and images. Remove it with: make lab-purge")  # fmt: skip


def reset(settings: Settings) -> None:
    """Have the lab up with empty records."""
    down(settings)
    up(settings)


def purge(settings: Settings) -> None:
    """Remove the lab and what it keeps: images and engine."""
    processes.need_root("purge")
    with _alone(settings):
        if settings.home.exists():
            _take_down(settings, keep=False)
        if settings.cache.is_dir():
            _check_ours(settings.cache)
            with step(f"Remove {settings.cache}"):
                unmount_below(settings.cache)
                shutil.rmtree(settings.cache)
    say("Nothing of the lab is left.")


def env(settings: Settings) -> None:
    """Print the `export` lines: eval "$(python -m lab env)"."""
    if not settings.environment.is_file():
        raise LabError("the lab is down", "start it: make lab-up")
    print(settings.environment.read_text(encoding="utf-8"), end="")


def build_images(settings: Settings) -> None:
    """Build the lab's images and list them."""
    processes.need_root("images")
    with _alone(settings):
        _make_folders(settings)
        builder = images.Images(engine.ensure(settings), settings)
        builder.ensure()
        for name, size in builder.listed():
            say(f"  {name:36} {size / 1e6:6.0f} MB")


def have_engine(settings: Settings) -> None:
    """Have a Docker engine and tell which."""
    processes.need_root("engine")
    with _alone(settings):
        _make_folders(settings)
        chosen = engine.ensure(settings)
    kind = "the lab's own" if chosen.private else "this machine's"
    say(f"Docker {chosen.version()} at {chosen.host} ({kind})")


def _prepare(settings: Settings, chosen: Engine, launched: bool) -> None:
    """Have everything that the daemon stands on."""
    debian.need(**_TOOLS)
    operator.make_key(settings)
    pki.Authority(settings.pki)
    operator.trust_registry(settings)
    agent = packages.build(settings)
    extra = {
        "CLOUDWATCH_AGENT_URL": agent.url,
        "CLOUDWATCH_AGENT_CHECKSUM": agent.checksum,
        # Balancers and their health checks are beside the VPCs, not in them.
        "GROUNDWORK_BALANCER_RANGE": str(settings.subnet),
    }
    operator.write_environment(settings, chosen, extra)
    engine.wait(chosen)
    network.ensure(chosen.client(), settings)
    if launched:
        network.check_ports(settings)
    images.Images(chosen, settings).ensure()


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let one verb at a time change the lab."""
    # Beside the home, not in it: `down` removes the home while it holds the lock.
    path = settings.home.with_name(f".{settings.home.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Wait for another command that changes the lab"):
                fcntl.flock(stream, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _make_folders(settings: Settings) -> None:
    for folder in (settings.home, settings.cache):
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
            raise LabError(f"{folder} has files in it that are not the lab's",
                           "name another folder: LAB_HOME=... LAB_CACHE=...")  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()


def _check_ours(folder: Path) -> None:
    if any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise LabError(f"{folder} was not made by the lab", "remove it by hand")


def _take_down(settings: Settings, keep: bool) -> None:
    """Remove all but the cache. What is in a private engine need not be saved before a purge."""
    _check_ours(settings.home)
    with step("Stop the daemon"):
        daemon.stop(settings)
    end_accounts(settings)
    if chosen := engine.current(settings):
        if keep or not chosen.private:
            _empty(chosen, settings)
        if chosen.private:
            with step("Stop Docker's engine"):
                chosen.private.stop()
        elif not keep and chosen.version():
            with step("Remove the lab's images"):
                images.remove_all(chosen.client())
    operator.forget(settings)
    unmount_below(settings.home)
    shutil.rmtree(settings.home)


def _outdated(settings: Settings) -> bool:
    told = daemon.health(settings)
    return told is not None and told.code != daemon.code()


def _wait_until_ready(settings: Settings) -> None:
    def settled() -> bool:
        told = daemon.health(settings)
        return not daemon.pid(settings) or (told is not None and told.ready)

    with step("Start emulator and controllers") as running:
        if settled():
            running.skip()
        patience = _PATIENCE
        while not processes.wait(settled, 1):
            told = daemon.health(settings)
            waiting = [p.name for p in told.parts.values() if p.state != "ok"] if told else []
            running.detail = f"waiting for {', '.join(waiting)}" if waiting else ""
            patience -= 1
            if patience < 0:
                raise _not_ready(settings)
        if not daemon.pid(settings):
            raise _not_ready(settings)


def _not_ready(settings: Settings) -> LabError:
    told = daemon.health(settings)
    if told and told.failing:
        reasons = "\n".join(f"    {part.name}: {part.error}" for part in told.failing)
    else:
        reasons = processes.tail(settings.log)
    return LabError(f"the lab does not come up:\n{reasons}",
                    f"the whole story is in {settings.log}")  # fmt: skip


def _empty(chosen: Engine, settings: Settings) -> None:
    """Remove everything of the lab from its engine, also when that was killed."""
    if chosen.private and not chosen.version() and chosen.private.fetched:
        try:
            chosen.private.start()
            engine.wait(chosen)
        except LabError as error:
            say(f"  {error.what}\n  Its containers go by force, and its images with them.")
            chosen.private.stop()
            chosen.private.wipe()
            return
    try:
        client = chosen.client()
    except DockerException:
        say(f"  the Docker engine at {chosen.host} does not answer: its containers stay there")
        return
    with step("Remove containers and network"):
        mine = {"label": f"{settings.label}=1"}
        for found in client.containers.list(all=True, filters=mine, ignore_removed=True):
            found.remove(force=True, v=True)
        network.remove(client, settings)
        for volume in client.volumes.list(filters=mine):
            try:
                volume.remove(force=True)
            except NotFound:
                continue


def _size(settings: Settings) -> str:
    done = subprocess.run(["du", "-shx", settings.cache], capture_output=True, text=True)
    return done.stdout.split()[0] if done.stdout else "?"
