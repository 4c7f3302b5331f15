# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The HAProxy of an app host, through the command line of its master process.

The master knows every worker: after a reload the old ones still serve the connections that they have, and must be told of
a switch as well. The source of the commands and their answers is HAProxy's management guide, 9.3 and 9.4.
"""

from __future__ import annotations

import contextlib
import csv
import io
import socket

Stat = dict[str, str]  # one line of `show stat`, by the names of its head

TIMEOUT = 5.0


class ProxyError(Exception):
    """The proxy cannot be asked, or did not take a command. The text says which."""


class Proxy:
    """A running HAProxy."""

    def __init__(self, path: str) -> None:
        """`path` is the master's socket."""
        self._path = path

    def ask(self, command: str) -> str:
        """Send one command to the master, and give its answer."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(TIMEOUT)
                link.connect(self._path)
                link.sendall(command.encode() + b"\n")
                link.shutdown(socket.SHUT_WR)  # else it waits for the next command
                parts = iter(lambda: link.recv(65536), b"")
                return b"".join(parts).decode(errors="replace")
        except OSError as error:
            raise ProxyError(f"HAProxy does not answer on {self._path}: {error}") from None

    def workers(self) -> list[str]:
        """Process ids of the workers, the old ones too."""
        lines = [line.split() for line in self.ask("show proc").splitlines()]
        return [words[0] for words in lines if len(words) > 1 and words[1] == "worker"]

    def _tell(self, worker: str, command: str) -> str:
        return self.ask(f"@!{worker} {command}")

    def map_value(self, path: str, key: str) -> str:
        """The value of a map's key in the newest worker; empty where it is not there."""
        for worker in self.workers()[:1]:
            # Each line: an address in memory, the key, the value.
            lines = [line.split() for line in self._tell(worker, f"show map {path}").splitlines()]
            return next((words[2] for words in lines if words[1:2] == [key]), "")
        return ""

    def set_map(self, path: str, key: str, value: str) -> None:
        """Set a map's key in every worker. Of the old ones it is not asked that they have it, or live on."""
        newest, *old = self.workers() or [""]
        answer = (
            self._tell(newest, f"set map {path} {key} {value}").strip()
            if newest
            else "it has no worker"
        )
        if answer:
            raise ProxyError(f"HAProxy did not set {key} in {path}: {answer}")
        for worker in old:
            with contextlib.suppress(ProxyError):
                self._tell(worker, f"set map {path} {key} {value}")

    def stats(self) -> list[Stat]:
        """The lines of `show stat` of all workers."""
        return [line for worker in self.workers() for line in self._stats(worker)]

    def _stats(self, worker: str) -> list[Stat]:
        answer = self._tell(worker, "show stat")
        if not answer.startswith("# "):
            return []  # it just ended
        return list(csv.DictReader(io.StringIO(answer.removeprefix("# "))))

    def server_status(self, backend: str, server: str) -> str:
        """What the newest worker says of a server: UP, DOWN, no check ...; empty for an unknown one."""
        for worker in self.workers()[:1]:
            for line in self._stats(worker):
                if (line["pxname"], line["svname"]) == (backend, server):
                    return line["status"]
        return ""

    def requests_in(self, backends: set[str]) -> int:
        """Requests that are in these backends now, in all workers."""
        return sum(
            int(line["scur"] or 0) + int(line["qcur"] or 0)
            for line in self.stats()
            if line["pxname"] in backends and line["svname"] == "BACKEND"
        )
