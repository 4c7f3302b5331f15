# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The warm process: everything imported, it forks a child for each module that a worker brings.

It belongs to one run: it ends with the controller (also after kill -9) or when nobody asks.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from typing import Any, NoReturn

from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    warm_child,
    warm_preload,
    warm_protocol,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_services import Services

GRACE = 5.0  # seconds from SIGTERM to SIGKILL


class Ended(BaseException):
    """This process was asked to end."""


class WarmProcess:
    """Accepts workers, forks a child for each, and looks after the children.

    `config`: folder, controller (pid), controller_started, idle (seconds), ansible, roots,
    libraries, collections, services (see the connection's options), data_path (AWS_DATA_PATH).
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = {**config, "began": time.time()}
        self.loaded: dict[str, int | None] = {}
        self.services = Services(config["services"], config["data_path"])
        self.children: dict[int, tuple[int, socket.socket | None]] = {}
        self.ending: dict[int, float] = {}
        self.controller = warm_protocol.controller(config)
        self.server = warm_protocol.listen(config["folder"])

    def load(self) -> None:
        """Import everything, in a fork: one that has imported too much is thrown away."""
        # Nothing here is garbage. A module's own is looked for again (warm_child).
        gc.disable()
        left_out: set[str] = set()
        while True:
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.close(reader)
                break
            os.close(writer)
            with os.fdopen(reader) as names:
                more = set(names.read().split())
            if not more - left_out:
                # The fork serves (or could not, and the worker sees the end of its connection).
                os._exit(0)
            left_out |= more
            os.wait()
        loud = warm_preload.load(self.config, left_out)
        if loud:
            os.write(writer, "\n".join(loud).encode())
            os._exit(0)
        self.loaded = warm_preload.checksums(self.config)
        # A fork of several threads would be no faithful copy.
        if threading.active_count() != 1:
            os._exit(1)
        os.close(writer)
        if "botocore.session" not in sys.modules:
            self.services.give_up()
        gc.freeze()

    def serve(self) -> None:
        """Until the controller is gone or nobody asks."""
        self.poll = select.epoll()
        self.poll.register(self.server, select.EPOLLIN)
        self.poll.register(self.controller, select.EPOLLIN)
        self.poll.register(self.services.reader, select.EPOLLIN)
        asked = time.monotonic()
        if not self.services.todo:
            warm_protocol.tell_parsed(self.config["folder"])
        while True:
            events = self.poll.poll(self._patience(asked))
            if events or self.children:
                asked = time.monotonic()
            # Those who ask come last: theirs would be the numbers of those who have gone, whom later events may still mean.
            for descriptor, event in sorted(events, key=lambda one: one[0] == self.server.fileno()):
                if descriptor == self.controller:
                    return
                if descriptor == self.server.fileno():
                    self._accept()
                elif descriptor == self.services.reader:
                    self.services.learn()
                else:
                    self._look_after(descriptor, event)
            self._insist()
            if not events and self.services.todo:
                self._parse_one()
            elif not events and time.monotonic() - asked >= self.config["idle"]:
                return

    def _parse_one(self) -> None:
        self.services.load_one()
        if not self.services.todo:
            warm_protocol.tell_parsed(self.config["folder"])

    def _patience(self, asked: float) -> float:
        if self.services.todo:
            return 0
        if self.ending:
            return max(0.0, min(self.ending.values()) - time.monotonic())
        if self.children:
            return -1
        return max(0.0, asked + self.config["idle"] - time.monotonic())

    def _accept(self) -> None:
        try:
            connection, _address = self.server.accept()
        except OSError:
            return
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        if struct.unpack("3i", credentials)[1] != os.geteuid():
            connection.close()
            return
        try:
            pid = os.fork()
        except OSError:
            # Too many processes: the worker sees the end of the connection, and takes the plain way.
            connection.close()
            return
        if pid == 0:
            self._become_child(connection)
        descriptor = os.pidfd_open(pid)
        self.children[descriptor] = (pid, connection)
        self.poll.register(descriptor, select.EPOLLIN)
        self.poll.register(connection, select.EPOLLRDHUP)

    def _become_child(self, connection: socket.socket) -> NoReturn:
        try:
            self.poll.close()
            self.server.close()
            os.close(self.controller)
            for descriptor, (_pid, other) in self.children.items():
                os.close(descriptor)
                if other:
                    other.close()
            warm_child.run(connection, self.loaded, self.config, self.services)
        finally:
            os._exit(1)

    def _look_after(self, descriptor: int, event: int) -> None:
        if descriptor in self.children:
            pid, connection = self.children.pop(descriptor)
            self.poll.unregister(descriptor)
            os.close(descriptor)
            _pid, status = os.waitpid(pid, 0)
            self.ending.pop(pid, None)
            if connection:
                # A child that was killed, or left by os._exit, could not say so itself.
                code = warm_protocol.CODE.pack(os.waitstatus_to_exitcode(status))
                with suppress(OSError):
                    connection.sendall(warm_protocol.EXITED + code)
                self._drop(connection)
            return
        for child, (pid, connection) in list(self.children.items()):
            if connection and connection.fileno() == descriptor:
                self._drop(connection)
                self.children[child] = (pid, None)
                self._end(pid)

    def _drop(self, connection: socket.socket) -> None:
        self.poll.unregister(connection)
        connection.close()

    def _end(self, pid: int) -> None:
        self.ending[pid] = time.monotonic() + GRACE
        self._signal(pid, signal.SIGTERM)

    def _insist(self) -> None:
        for pid, deadline in list(self.ending.items()):
            if time.monotonic() >= deadline:
                self.ending[pid] = time.monotonic() + GRACE
                self._signal(pid, signal.SIGKILL)

    def _signal(self, pid: int, number: int) -> None:
        # A module may have started others: they are in its group, once it has made one.
        for send in (os.killpg, os.kill):
            with suppress(ProcessLookupError):
                send(pid, number)

    def close(self) -> None:
        """End the children, then leave nothing behind."""
        self.server.close()
        with suppress(OSError):
            os.unlink(os.path.join(self.config["folder"], warm_protocol.SOCKET))
        pids = [pid for pid, _connection in self.children.values()]
        for pid in pids:
            self._signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        while pids and time.monotonic() < deadline:
            pids = [pid for pid in pids if os.waitpid(pid, os.WNOHANG) == (0, 0)]
            time.sleep(0.02)
        for pid in pids:
            self._signal(pid, signal.SIGKILL)


def _end(_number: int, _frame: object) -> NoReturn:
    raise Ended


def main(config: dict[str, Any]) -> None:
    """Start in the background. Returns, in the caller, once workers can connect."""
    process = WarmProcess(config)
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    signal.signal(signal.SIGTERM, _end)
    try:
        process.load()
    except BaseException:
        # The socket stays behind: that is how a worker knows this from an end by itself.
        os._exit(1)
    try:
        process.serve()
    except Ended:
        pass
    finally:
        # A child never comes here: it ends in warm_child.
        process.close()
        os._exit(0)
