"""Processes that outlive the command that started them, known by a pid file."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lab.errors import LabError


def read_pid(path: Path, marker: str) -> int | None:
    """Tell the pid in a file if that process lives and has `marker` in its command line.

    The marker guards against another process that has got the same number since.
    """
    try:
        pid = int(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
    return pid if marker in command_line(pid) else None


def command_line(pid: int) -> str:
    """Tell a process's command line, empty when it has ended."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return line.replace(b"\0", b" ").decode(errors="replace")


def find(marker: str) -> Iterator[int]:
    """Find the processes with `marker` in their command line."""
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        if pid != os.getpid() and marker in command_line(pid):
            yield pid


def children(pid: int) -> list[int]:
    """List a process's children."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in path.read_text(encoding="ascii").split()]
    return found


def stop(pid: int, grace: float = 20.0) -> None:
    """End a process: SIGTERM, and SIGKILL when it does not heed that in `grace` seconds."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait(lambda: not command_line(pid), grace):
            return


def wait(met: Callable[[], object], seconds: float, pause: float = 0.05) -> bool:
    """Wait until a condition is met; say whether it was in time."""
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def need_root(verb: str) -> None:
    """Raise LabError unless this process is root."""
    if os.geteuid():
        raise LabError(
            f"`{verb}` needs root: the lab's network, containers and addresses are root's",
            f"run it as root, e.g. sudo make lab-{verb}",
        )


def boot_id() -> str:
    """Tell this boot of the machine apart from all others."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def tail(path: Path, lines: int = 8) -> str:
    """Give a log's last lines, indented for an error message."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
