# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""A worker's side of a host's warm Python: find or start its keeper, have a module run there."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_host, warm_protocol
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import (
    Lost,
    NotStarted,
    WarmClient,
)

NO_CONNECTION = 255  # ssh's own exit code
UNFIT = "unfit"
MISSED = "missed"


def end(folder: str) -> None:
    """Have every session of `folder` (as RemoteClient takes it) ended; the next module opens another."""
    for session in os.scandir(folder) if os.path.isdir(folder) else ():
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX) as keeper,
            warm_protocol.address(session.path) as address,
        ):
            keeper.connect(address)
            keeper.sendall(warm_host.SIZE.pack(0))
            keeper.recv(1)


class RemoteClient(WarmClient):
    """The warm Python at the end of the SSH command `config["command"]`, of one run."""

    program, label = "warm_keeper", "groundwork.aws.warm_ssh"

    def __init__(self, folder: str, config: dict[str, Any]) -> None:
        super().__init__(folder, json.dumps(config["command"]), config)
        self.interpreter = sys.executable
        self.early = False

    def start_early(self) -> None:
        """Have it started before it is asked for. Where the host is not reached, the first who asks does not try again."""
        self.early = True
        self.start()

    def run(self, request: dict[str, Any], payload: bytes) -> tuple[int, bytes, bytes]:
        """As WarmClient. `request`: the module's environment, beside the session's own."""
        with suppress(OSError), open(os.path.join(self.folder, UNFIT)) as reason:
            raise NotStarted(reason.read())
        return super().run(request, payload)

    def _start(self, starts: Any) -> None:
        missed = os.path.join(self.folder, MISSED)
        with suppress(FileNotFoundError):
            with open(missed) as file:
                reason = file.read()
            os.unlink(missed)
            raise NotStarted(reason)
        super()._start(starts)

    def _no_start(self, last: str) -> NotStarted:
        try:
            code, said = json.loads(last)
        except ValueError:
            return NotStarted(f"no keeper of the session: {last}", broken=True)
        # Nothing is wrong with what starts it: a host may not be there yet.
        open(os.path.join(self.folder, "starts"), "w").close()
        reason = f"no warm Python on this host: {said}"
        mark = UNFIT if code != NO_CONNECTION else MISSED if self.early else ""
        if mark:
            with open(os.path.join(self.folder, mark), "w") as file:
                file.write(reason)
        return NotStarted(reason)

    def _run(
        self, connection: socket.socket, request: dict[str, Any], payload: bytes
    ) -> tuple[int, bytes, bytes]:
        head = json.dumps(request).encode()
        size = warm_host.SIZE.size + len(head) + len(payload)
        parts = [warm_host.SIZE.pack(size), warm_host.SIZE.pack(len(head)), head]
        # The payload's last byte is what makes it a request: without it, nothing is passed on.
        connection.sendall(b"".join([*parts, payload[:-1]]))
        connection.sendall(payload[-1:])
        # From here on the module may run: whatever happens, it is not run again.
        try:
            return self._heard(connection)
        except (EOFError, OSError) as error:
            raise Lost(
                "the SSH session ended while a module ran: what it did is unknown"
            ) from error

    def _heard(self, connection: socket.socket) -> tuple[int, bytes, bytes]:
        connection.settimeout(None)
        data: dict[int, list[bytes]] = {warm_host.OUT: [], warm_host.ERR: []}
        while True:
            head = warm_protocol.read(connection, warm_host.HEAD.size)
            kind, _number, size = warm_host.HEAD.unpack(head)
            part = warm_protocol.read(connection, size)
            if kind == warm_host.DECLINED:
                raise NotStarted(part.decode(errors="replace"))
            if kind == warm_host.EXIT:
                (code,) = warm_host.CODE.unpack(part)
                out, err = (b"".join(data[stream]) for stream in (warm_host.OUT, warm_host.ERR))
                return code, out, err
            data[kind].append(part)
