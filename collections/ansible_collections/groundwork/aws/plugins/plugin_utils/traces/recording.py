# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Writes down what a component's tasks learn from outside: AWS's answers, files, programs, the network.

Ansible forks a worker for each task, so what `begin` and `serve` say in the main process holds in
the workers forked after it. A component's lines are in one file: {"service": ...} a call
(module_utils/api_calls.py), {"module": name} a module whose calls are there, {"opened": path} a file
that was read, {"unknown": why} what nobody can ask again.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils import api_calls

# Always there and never the same, or no source of anything.
_NEVER = ("/dev/", "/proc/", "/sys/")
_PROGRAMS = frozenset({"os.exec", "os.posix_spawn", "os.system", "subprocess.Popen"})
_FOLDERS = frozenset({"os.listdir", "os.scandir"})

_folder: Path | None = None
_known: tuple[str, ...] = ()
_host: str | None = None
_main = 0
_hooked = False
_busy = False
_listening = False


def begin(folder: Path, known: list[str]) -> None:
    """From now on, into `folder`. What lies below the folders `known` is looked at otherwise."""
    global _folder, _known, _main, _hooked
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _folder, _main = folder, os.getpid()
    _known = (*_NEVER, *(os.path.join(os.path.realpath(path), "") for path in known))
    if not _hooked:
        _hooked = True
        sys.addaudithook(_heard)


def end() -> None:
    """Not any more."""
    global _folder, _host
    _folder = _host = None


def serve(host: str) -> None:
    """The workers forked next work for the component `host`."""
    global _host
    _host = host


def file() -> str | None:
    """The file of the component that this worker works for; None where nothing is written down."""
    return str(_folder / f"{_host}.jsonl") if _folder and _host else None


def unknown(why: str) -> None:
    """Its component cannot be passed over: something was learned that nobody can ask again."""
    _write({"unknown": why})


@contextmanager
def aside(calls: bool) -> Iterator[None]:
    """What happens inside is not what the task learns, but for its `calls` where they decide something."""
    global _busy, _listening
    path = file()
    if calls and path and not _listening:
        _listening = True
        api_calls.listen_to(path)
    before, _busy = _busy, True
    try:
        yield
    finally:
        _busy = before


def module(name: str) -> None:
    """A module has run whose calls are written down."""
    _write({"module": name})


def read(folder: Path, host: str) -> list[dict[str, Any]]:
    """A component's lines; none where it learned nothing."""
    try:
        text = (folder / f"{host}.jsonl").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines()]


def _write(line: dict[str, Any]) -> None:
    path = file()
    if path:
        with open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            out.write(json.dumps(line).encode() + b"\n")


def _heard(event: str, args: tuple[Any, ...]) -> None:
    global _busy
    if _folder is None or _busy or os.getpid() == _main:
        return
    if event == "open":
        line = _opened(*args)
    elif event in _FOLDERS:
        line = _listed(args[0])
    elif event == "socket.connect" and args[0].family != socket.AF_UNIX:
        line = {"unknown": "a task asked the network"}
    elif event in _PROGRAMS:
        line = {"unknown": f"a task ran {os.path.basename(str(args[0]))}"}
    else:
        return
    if line:
        _busy = True
        try:
            _write(line)
        finally:
            _busy = False


def _place(path: Any) -> str | None:
    """Where `path` is, unless that is looked at otherwise."""
    if not isinstance(path, str | bytes):
        return None
    found = os.path.realpath(os.fsdecode(path))
    return None if f"{found}/".startswith(_known) else found


def _opened(path: Any, mode: Any, flags: int) -> dict[str, str] | None:
    if flags & (os.O_WRONLY | os.O_RDWR):
        return None
    found = _place(path)
    return {"opened": found} if found else None


def _listed(path: Any) -> dict[str, str] | None:
    found = _place(path)
    return {"unknown": f"a task listed the folder {found}"} if found else None
