"""A HAProxy master's socket, as 3.0 answers on it: what a thread says for a few workers."""

from __future__ import annotations

import socketserver
import threading
from pathlib import Path

HEAD = "# pxname,svname,qcur,qmax,scur,smax,status,weight,\n"
VANISHED = "Can't find the target PID matching the prefix '@!{}'\n"


class Master(socketserver.ThreadingUnixStreamServer):
    """A master with its workers' maps by process id, newest first.

    Like the real one it keeps a connection open until the client ends its side.
    """

    daemon_threads = True

    def __init__(self, path: Path, map_file: Path, workers: tuple[int, ...] = (20,)) -> None:
        """Listens on `path`; every worker has read `map_file`."""
        read = dict(line.split() for line in map_file.read_text().splitlines())
        self.map_file = map_file
        self.maps = {worker: dict(read) for worker in workers}
        self.listed = list(workers)
        self.servers = {("api-blue", "blue"): "UP", ("api-green", "green"): "UP"}
        self.requests: dict[tuple[int, str], list[int]] = {}
        self.asked: list[str] = []
        super().__init__(str(path), Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, line: str) -> str:
        """What the master says to a command."""
        self.asked.append(line)
        if line == "show proc":
            return self._processes()
        worker, _, command = line.removeprefix("@!").partition(" ")
        if int(worker) not in self.maps:
            return VANISHED.format(worker)
        words = command.split()
        if words[:2] == ["show", "stat"]:
            return self._stat(int(worker))
        known = self.maps[int(worker)]
        if words[2] != str(self.map_file):
            return "Unknown map identifier. Please use #<id> or <file>.\n\n"
        if words[:2] == ["show", "map"]:
            return "".join(f"0x55e {key} {value}\n" for key, value in known.items()) + "\n"
        if words[3] not in known:
            return "entry not found.\n\n"
        known[words[3]] = words[4]
        return "\n"

    def _processes(self) -> str:
        lines = ["#<PID>          <type>          <reloads>       <uptime>        <version>"]
        lines += ["10              master          1 [failed: 0]   0d00h00m29s     3.0.11"]
        for at, worker in enumerate(self.listed):
            lines += [{0: "# workers", 1: "# old workers"}[at]] if at < 2 else []
            lines += [f"{worker}              worker          {at}               0d00h00m01s  3.0"]
        return "\n".join([*lines, "# programs", "", ""])

    def _stat(self, worker: int) -> str:
        lines = "api,FRONTEND,,,3,3,OPEN,,\n"
        for (backend, server), status in self.servers.items():
            counts = self.requests.get((worker, backend), [])
            now = counts.pop(0) if counts else 0
            lines += f"{backend},{server},0,0,{now},9,{status},1,\n"
            lines += f"{backend},BACKEND,0,0,{now},9,{status},1,\n"
        return HEAD + lines + "\n"


class Handler(socketserver.StreamRequestHandler):
    """One connection: commands, each on a line, until the client ends its side."""

    def handle(self) -> None:
        """Answer each line."""
        for line in self.rfile:
            self.wfile.write(self.server.answer(line.decode().strip()).encode())
