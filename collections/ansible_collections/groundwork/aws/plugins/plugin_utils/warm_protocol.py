# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a worker of Ansible and the warm process say to each other over a Unix socket.

    worker                                  child of the warm process
    sizes, descriptors for stdout, stderr →
    request (JSON), payload               →
                                          ← READY, or DECLINED and the reason
    GO                                    →
                                            runs the module
                                          ← EXITED and the exit code

Nothing runs before GO, so a worker that has not said it may still take the plain way; a worker that
has said it never runs the module a second time. A worker that hangs up has its module ended.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

READY, GO, DECLINED, EXITED = b"R", b"G", b"D", b"X"
SOCKET, PARSED = "socket", "parsed"
SIZES = struct.Struct("!II")
CODE = struct.Struct("!i")


@contextmanager
def address(folder: str) -> Iterator[str]:
    """A short address of the socket in `folder`: the path itself may exceed the 107 bytes of AF_UNIX."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def listen(folder: str) -> socket.socket:
    """A socket in `folder` that its user alone can connect to."""
    server = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)
    with address(folder) as place:
        server.bind(place)
    os.umask(mask)
    server.listen(128)
    return server


def tell_parsed(folder: str) -> None:
    """All services' models are parsed: what is forked from now on has them."""
    with suppress(OSError), open(os.path.join(folder, PARSED), "w"):
        pass


def has_parsed(folder: str) -> bool:
    """Whether that was told."""
    return os.path.exists(os.path.join(folder, PARSED))


def controller(config: dict[str, Any]) -> int:
    """A descriptor that tells the controller's end; SystemExit where it is gone already."""
    descriptor = os.pidfd_open(config["controller"])
    if started(config["controller"]) != config["controller_started"]:
        raise SystemExit("the controller is gone")
    return descriptor


def read(connection: socket.socket, size: int) -> bytes:
    """Exactly `size` bytes; EOFError when the other side hangs up before."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(1 << 20, size - len(data)))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def send_request(
    connection: socket.socket, request: dict[str, Any], payload: bytes, descriptors: list[int]
) -> None:
    """Send a request, its payload and the module's stdout and stderr."""
    head = json.dumps(request).encode()
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
    connection.sendmsg([SIZES.pack(len(head), len(payload))], [rights])
    connection.sendall(head)
    connection.sendall(payload)


def receive_request(connection: socket.socket) -> tuple[dict[str, Any], bytes, list[int]]:
    """The request, its payload and two descriptors; EOFError when the other side hangs up."""
    descriptors = array.array("i")
    room = socket.CMSG_SPACE(2 * descriptors.itemsize)
    start, rights, _flags, _address = connection.recvmsg(SIZES.size, room, socket.MSG_CMSG_CLOEXEC)
    for level, kind, data in rights:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    start += read(connection, SIZES.size - len(start))
    head, payload = SIZES.unpack(start)
    request = json.loads(read(connection, head))
    return request, read(connection, payload), list(descriptors)


def started(pid: int) -> str | None:
    """When process `pid` started (clock ticks since boot), or None: with the pid, a process's identity."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[19]
    except OSError:
        return None
