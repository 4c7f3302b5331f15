# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Holds the SSH session in which a host's warm Python runs, and lets the run's workers use it.

It belongs to one run: it ends with the controller (also after kill -9), with the session, or when
nobody asks; the Python on the host ends with the session.
"""

from __future__ import annotations

import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any, NoReturn

from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_host, warm_protocol

# The host's part: its text comes on standard input, for argv is for everybody to read.
BOOT = "import sys;sys.path[:]=filter(None,sys.path);f=sys.stdin.buffer;exec(f.read(int(f.readline())))"
PATIENCE = 30.0  # seconds for a session to begin, and for a worker to hand over its request


class NoSession(Exception):
    """No warm Python: ssh's exit code (255 where the host was not reached) and last words."""


class Session:
    """An SSH session with a host's warm Python at its end."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        with open(warm_host.__file__, "rb") as file:
            program = file.read() + b"\nmain()\n"
        # Where ssh or the host's Python ended at once, what they said is of more use.
        with suppress(OSError):
            self.process.stdin.write(b"%d\n%b" % (len(program), program))
            self.process.stdin.flush()
        ready = select.select([self.process.stdout], [], [], PATIENCE)[0]
        answer = self.process.stdout.read(warm_host.HEAD.size) if ready else b""
        if answer != warm_host.HEAD.pack(warm_host.READY, 0, 0):
            if not ready:
                self.process.kill()
            said = self.process.communicate()[1].decode(errors="replace").strip()
            code = self.process.returncode
            raise NoSession(code, said.rpartition("\n")[2] or f"exit code {code}")
        self.left = bytearray()
        self.heard = bytearray()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            os.set_blocking(stream.fileno(), False)

    def send(self, number: int, data: bytes) -> None:
        """Queue a request."""
        self.left += warm_host.HEAD.pack(warm_host.RUN, number, len(data)) + data

    def write(self) -> None:
        """Send what the connection takes now. Raises OSError when it is gone."""
        with suppress(BlockingIOError):
            del self.left[: os.write(self.process.stdin.fileno(), self.left[: 1 << 16])]

    def messages(self) -> list[tuple[int, int, bytes]]:
        """What came, by kind, number and data. Raises EOFError when the session has ended."""
        with suppress(BlockingIOError):
            part = os.read(self.process.stdout.fileno(), 1 << 18)
            if not part:
                raise EOFError
            self.heard += part
        found = []
        while len(self.heard) >= warm_host.HEAD.size:
            kind, number, size = warm_host.HEAD.unpack_from(self.heard)
            end = warm_host.HEAD.size + size
            if len(self.heard) < end:
                break
            found.append((kind, number, bytes(self.heard[warm_host.HEAD.size : end])))
            del self.heard[:end]
        return found

    def close(self) -> None:
        """End ssh: the host's Python sees the end of its input."""
        with suppress(OSError):
            self.process.stdin.close()
        self.process.terminate()


class Keeper:
    """Accepts workers and passes their requests on.

    `config`: folder, controller (pid), controller_started, idle (seconds), command (ssh's).
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.controller = warm_protocol.controller(config)
        self.session = Session(config["command"])
        self.workers: dict[int, socket.socket] = {}
        self.number = 0
        self.server = warm_protocol.listen(config["folder"])

    def serve(self) -> None:
        """Until the controller or the session is gone, or nobody asks."""
        process = self.session.process
        self.selector = selectors.DefaultSelector()
        for source in (self.server, self.controller, process.stdout, process.stderr):
            self.selector.register(source, selectors.EVENT_READ)
        sending, asked = False, time.monotonic()
        while True:
            if bool(self.session.left) != sending:
                sending = not sending
                change = self.selector.register if sending else self.selector.unregister
                change(process.stdin, *([selectors.EVENT_WRITE] if sending else []))
            patience = None if self.workers else asked + self.config["idle"] - time.monotonic()
            events = self.selector.select(patience)
            if events:
                asked = time.monotonic()
            elif not self.workers:
                return
            for key, _event in events:
                if key.fileobj is self.controller:
                    return
                try:
                    self._hear(key.fileobj)
                except (EOFError, OSError):
                    return

    def _hear(self, source: Any) -> None:
        process = self.session.process
        if source is self.server:
            self._accept()
        elif source is process.stdin:
            self.session.write()
        elif source is process.stdout:
            for kind, number, data in self.session.messages():
                self._pass_on(kind, number, data)
        elif source is process.stderr:
            # What ssh itself says; read, so that it does not wait.
            if not os.read(process.stderr.fileno(), 1 << 16):
                self.selector.unregister(process.stderr)
        else:
            for number in [n for n, worker in self.workers.items() if worker is source]:
                self._drop(number)

    def _accept(self) -> None:
        worker, _address = self.server.accept()
        worker.settimeout(PATIENCE)
        try:
            (size,) = warm_host.SIZE.unpack(warm_protocol.read(worker, warm_host.SIZE.size))
            request = warm_protocol.read(worker, size)
        except (EOFError, OSError):
            worker.close()
            return
        if not request:
            raise EOFError  # asked to end
        self.number += 1
        self.workers[self.number] = worker
        self.selector.register(worker, selectors.EVENT_READ)
        self.session.send(self.number, request)

    def _pass_on(self, kind: int, number: int, data: bytes) -> None:
        # Of a worker that has hung up, nobody wants to know.
        if number not in self.workers:
            return
        try:
            self.workers[number].sendall(warm_host.HEAD.pack(kind, number, len(data)) + data)
        except OSError:
            self._drop(number)
            return
        if kind in (warm_host.EXIT, warm_host.DECLINED):
            self._drop(number)

    def _drop(self, number: int) -> None:
        worker = self.workers.pop(number)
        self.selector.unregister(worker)
        worker.close()

    def close(self) -> None:
        """Leave nothing behind."""
        self.server.close()
        with suppress(OSError):
            os.unlink(os.path.join(self.config["folder"], warm_protocol.SOCKET))
        for worker in self.workers.values():
            worker.close()
        self.session.close()


class Ended(BaseException):
    """This process was asked to end."""


def _end(_number: int, _frame: object) -> NoReturn:
    raise Ended


def main(config: dict[str, Any]) -> None:
    """Start in the background. Ends the caller once workers can connect, or with the reason why not."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader) as words:
            sys.exit(words.read() or None)
    os.close(reader)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    signal.signal(signal.SIGTERM, _end)
    try:
        keeper = Keeper(config)
    except NoSession as error:
        os.write(writer, json.dumps(error.args).encode())
        os._exit(1)
    os.close(writer)
    os.chdir("/")
    try:
        keeper.serve()
    except Ended:
        pass
    finally:
        keeper.close()
        os._exit(0)
