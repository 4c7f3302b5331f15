"""One page about the lab: what runs, where, and what is broken."""

import time

from docker.errors import DockerException

from lab import daemon, engine, operator, processes
from lab.containers import Containers, Seen
from lab.settings import Settings

_STALE = 30.0


def show(settings: Settings) -> int:
    """Print the page. Returns 0 when all is well, 1 when something is broken, 3 when down."""
    chosen = engine.current(settings)
    if chosen:
        processes.need_root("status")  # the engine's socket is root's
    else:
        print("The lab is down. Start it: make lab-up")
        return 3
    broken: list[str] = []
    version = chosen.version()
    kind = "the lab's own" if chosen.private else "this machine's"
    if not version:
        broken.append("Docker's engine does not answer")
    _section("Engine")
    _row("docker", f"{version or 'DOES NOT ANSWER'}  {chosen.host} ({kind})")
    broken += _parts(settings)
    if version:
        broken += _containers(Containers(chosen.client(), settings))
    _section("Names")
    for name, address in operator.names_in(operator.HOSTS.read_text(encoding="utf-8")).items():
        _row(address, name)
    _section("Where")
    _row("AWS", settings.emulator_url)
    _row("variables", f'eval "$(cat {settings.environment})"')
    _row("log", str(settings.log))
    if broken:
        print("\nBROKEN: " + "; ".join(broken) + ". Mend it: make lab-up")
        return 1
    print("\nAll is well.")
    return 0


def _parts(settings: Settings) -> list[str]:
    _section("Controllers")
    told = daemon.health(settings)
    if told is None:
        _row("daemon", "NOT RUNNING")
        return ["the daemon does not run"]
    broken = []
    for name, part in sorted(told.parts.items()):
        late = time.time() - part.last > _STALE and part.state == "ok"
        state = "hangs" if late else part.state
        text = state if state == "ok" else f"{state.upper()}  {part.error}"
        _row(name, text)
        if state != "ok":
            broken.append(f"{name} {state}")
    return broken


def _containers(containers: Containers) -> list[str]:
    try:
        seen = sorted(containers.all(), key=lambda one: (one.noun, one.record))
    except DockerException as error:
        return [f"containers cannot be listed: {error}"]
    _section("Containers")
    if not seen:
        _row("none", "")
    for one in seen:
        _row(one.noun, f"{one.record:34} {str(one.address or ''):16} {one.status}")
    return [f"container {one.name} {one.state}" for one in seen if _is_broken(one)]


def _is_broken(one: Seen) -> bool:
    # An instance may be stopped on purpose, and molecule's containers are molecule's.
    standing = ("exited",) if one.noun not in ("host", "molecule") else ()
    return one.state in ("restarting", "dead", *standing)


def _section(title: str) -> None:
    print(f"{title}:")


def _row(name: str, text: str) -> None:
    print(f"  {name:14} {text}".rstrip())
