# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""A worker's side of the warm process: find or start it, have a module run, collect what it says."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import selectors
import socket
import subprocess
import time
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_protocol

# The configuration comes on stdin: argv is for everybody to read.
BOOT = """\
import sys
sys.path.remove("")
import json, types
config = json.load(sys.stdin)
package = sys.modules["ansible_collections"] = types.ModuleType("ansible_collections")
package.__path__ = [root + "/ansible_collections" for root in config["roots"]]
from importlib import import_module
import_module("ansible_collections.groundwork.aws.plugins.plugin_utils." + config["program"]).main(config)
"""
PATIENCE = 60.0  # seconds for a start, and for the answer whether a module can be run
STARTS = 2


class NotStarted(Exception):
    """No module was started: the plain way is open. `broken`: something is wrong, not just unsuitable."""

    def __init__(self, reason: str, broken: bool = False) -> None:
        super().__init__(reason)
        self.broken = broken


class Lost(Exception):
    """A module was started, and nobody knows how it ended."""


class WarmClient:
    """The warm process of one run and interpreter.

    `folder`: private to the run; `interpreter`: the Python to keep warm; `config`: as WarmProcess
    takes it, without folder.
    """

    program, label = "warm_process", "groundwork.aws.warm"

    def __init__(self, folder: str, interpreter: str, config: dict[str, Any]) -> None:
        name = hashlib.sha256(interpreter.encode()).hexdigest()[:12]
        self.folder = os.path.join(folder, f"warm-{name}")
        self.interpreter, self.config = interpreter, config

    def run(self, request: dict[str, Any], payload: bytes) -> tuple[int, bytes, bytes]:
        """Run a payload. Returns exit code, stdout and stderr.

        Raises NotStarted (the plain way is open) or Lost (it is not: the module may have run).
        """
        for _attempt in range(STARTS):
            try:
                connection = self._connect()
            except OSError as error:
                raise NotStarted(f"no warm process: {error}", broken=True) from None
            with connection:
                try:
                    return self._run(connection, request, payload)
                except (EOFError, OSError):
                    # It went away before the module was started.
                    continue
                except (TypeError, ValueError) as error:
                    raise NotStarted(f"a request of another shape: {error}", broken=True) from None
        raise NotStarted("the warm process does not answer", broken=True)

    def start(self) -> None:
        """Have it started, if it is not there. Raises OSError or NotStarted."""
        self._connect().close()

    def await_services(self, patience: float) -> None:
        """Wait until the services' models are parsed, for `patience` seconds: what is forked earlier parses its own."""
        until = time.monotonic() + patience
        while time.monotonic() < until and not warm_protocol.has_parsed(self.folder):
            time.sleep(0.01)

    def _connect(self) -> socket.socket:
        try:
            return self._open()
        except OSError:
            pass
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        private = os.stat(self.folder)
        if private.st_uid != os.geteuid() or private.st_mode & 0o077:
            raise NotStarted(f"{self.folder} is not private", broken=True)
        with open(os.path.join(self.folder, "starts"), "a+") as starts:
            fcntl.flock(starts, fcntl.LOCK_EX)
            try:
                return self._open()
            except OSError:
                pass
            self._start(starts)
        return self._open()

    def _open(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            with warm_protocol.address(self.folder) as address:
                connection.connect(address)
        except OSError:
            connection.close()
            raise
        connection.settimeout(PATIENCE)
        return connection

    def _start(self, starts: Any) -> None:
        """Start the process. One that ended by itself took its socket along, a dead one did not."""
        path = os.path.join(self.folder, warm_protocol.SOCKET)
        starts.seek(0)
        done = len(starts.read())
        if os.path.exists(path):
            os.unlink(path)
        elif done < STARTS:
            done = 0
            starts.truncate(0)
        if done >= STARTS:
            raise NotStarted(f"the warm process ended {done} times unasked", broken=True)
        starts.write("x")
        starts.flush()
        try:
            subprocess.run(
                [self.interpreter, "-c", BOOT, self.label],
                input=json.dumps(
                    {**self.config, "program": self.program, "folder": self.folder}
                ).encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=PATIENCE,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise self._no_start(last) from None
        except subprocess.TimeoutExpired:
            raise NotStarted("the warm process did not start", broken=True) from None

    def _no_start(self, last: str) -> NotStarted:
        """What it means that the process could not start; `last` are its last words."""
        return NotStarted(f"{self.interpreter} cannot be kept warm: {last}")

    def _run(
        self, connection: socket.socket, request: dict[str, Any], payload: bytes
    ) -> tuple[int, bytes, bytes]:
        (out, child_out), (err, child_err) = os.pipe(), os.pipe()
        try:
            try:
                warm_protocol.send_request(connection, request, payload, [child_out, child_err])
            finally:
                os.close(child_out)
                os.close(child_err)
            answer = warm_protocol.read(connection, 1)
            if answer == warm_protocol.DECLINED:
                reason = connection.makefile("rb").read().decode(errors="replace")
                raise NotStarted(reason)
            if answer != warm_protocol.READY:
                raise EOFError
            # From here on the module may run: whatever happens, it is not run again.
            try:
                connection.sendall(warm_protocol.GO)
                return self._collect(connection, out, err)
            except (EOFError, OSError) as error:
                raise Lost(
                    "the warm process ended while a module ran: what it did is unknown"
                ) from error
        finally:
            os.close(out)
            os.close(err)

    def _collect(self, connection: socket.socket, out: int, err: int) -> tuple[int, bytes, bytes]:
        """Both outputs to their ends, then the exit code, as Popen.communicate does."""
        data: dict[int, list[bytes]] = {out: [], err: []}
        with selectors.DefaultSelector() as selector:
            for descriptor in data:
                selector.register(descriptor, selectors.EVENT_READ)
            while selector.get_map():
                for key, _event in selector.select():
                    part = os.read(key.fd, 1 << 16)
                    if part:
                        data[key.fd].append(part)
                    else:
                        selector.unregister(key.fd)
        # Its outputs may be closed long before it ends.
        connection.settimeout(None)
        if warm_protocol.read(connection, 1) != warm_protocol.EXITED:
            raise EOFError
        (code,) = warm_protocol.CODE.unpack(warm_protocol.read(connection, 4))
        return code, b"".join(data[out]), b"".join(data[err])
