# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What runs on a host: a Python that forks a child for each module that is sent to it.

Its text is sent over SSH and run there, so it imports the standard library only, and what it says
and hears goes over its standard output and input. It ends when its input does; a module that runs
then is left to itself, as one is whose SSH connection is lost.

    controller                                  host
                                                ← READY
    RUN, number, environment and payload        →
                                                ← OUT and ERR, number, a part of the module's output
                                                ← EXIT, number, exit code; or DECLINED and the reason
"""

from __future__ import annotations

import atexit
import base64
import builtins
import functools
import gc
import importlib.util
import io
import json
import os
import re
import select
import signal
import struct
import sys
import threading
import time
import traceback
import types
import zipfile
from importlib.abc import MetaPathFinder

READY, RUN, OUT, ERR, EXIT, DECLINED = range(6)
HEAD = struct.Struct("!BII")  # what it is, number of the request, size of what follows
SIZE = struct.Struct("!I")  # of the environment, which the payload follows
CODE = struct.Struct("!i")
ZIP = re.compile(rb"^zip_data='([A-Za-z0-9+/=]+)',$", re.M)
STAND_IN = "@the zip@"  # no text that is encoded as a zip's has such letters
# Every module imports these; Ansible's own, without effects of their own.
BASE = (
    "ansible.module_utils.basic",
    "ansible.module_utils._internal._ansiballz._loader",
    "ansible.module_utils._internal._json._profiles._module_legacy_c2m",
    "ansible.module_utils._internal._json._profiles._module_legacy_m2c",
)
# The standard library's part of Ansible's wrapper.
WRAPPER = ("datetime", "resource", "runpy", "shutil", "tempfile")


class Unfit(Exception):
    """This payload is better run the plain way; the text says why."""


@functools.cache
def compiled(text: bytes, origin: str) -> types.CodeType:
    """A module's code, compiled once in the process that forks, not in each child."""
    return compile(text, origin, "exec", dont_inherit=True)


class Packed:
    """Loads one module from its text."""

    def __init__(self, text: bytes, origin: str) -> None:
        self.text, self.origin = text, origin

    def create_module(self, spec: object) -> None:
        """Let the import system make the module."""

    def get_source(self, name: str) -> str:
        """The module's text, for tracebacks."""
        return self.text.decode()

    def get_code(self, name: str) -> types.CodeType:
        """The module, compiled."""
        return compiled(self.text, self.origin)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module's text in `module`."""
        exec(self.get_code(module.__name__), module.__dict__)


class Archive(MetaPathFinder):
    """The modules of one payload: by name their texts, as Ansible packed them."""

    def __init__(self, payload: bytes) -> None:
        found = ZIP.findall(payload)
        if len(found) != 1:
            raise Unfit("a payload of another shape")
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(found[0])))
        self.entries: dict[str, tuple[str, bytes, int]] = {}
        for entry in archive.infolist():
            if entry.filename.endswith(".py"):
                name = entry.filename[:-3].replace("/", ".")
                name = name[: -len(".__init__")] if name.endswith(".__init__") else name
                text = archive.read(entry)
                self.entries[name] = (entry.filename, text, entry.CRC)
                compiled(text, entry.filename)

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        """The specification of a module in the payload; None for any other."""
        if name not in self.entries:
            return None
        origin, text, _crc = self.entries[name]
        spec = importlib.util.spec_from_loader(
            name, Packed(text, origin), origin=origin, is_package=origin.endswith("/__init__.py")
        )
        spec.has_location = True  # Ansible looks where its own package stands
        return spec


def wrapper(payload: bytes) -> types.CodeType:
    """The code of Ansible's wrapper, compiled without the long text of its zip, which is put in afterwards."""
    found = ZIP.search(payload)
    if found and payload.count(STAND_IN.encode()) == 0:
        text = payload[: found.start(1)] + STAND_IN.encode() + payload[found.end(1) :]
        code = compile(text, "<stdin>", "exec", dont_inherit=True)
        if code.co_consts.count(STAND_IN) == 1:
            full = found.group(1).decode()
            return code.replace(
                co_consts=tuple(full if one == STAND_IN else one for one in code.co_consts)
            )
    return compile(payload, "<stdin>", "exec", dont_inherit=True)


def execute(payload: bytes) -> int:
    """Run Ansible's wrapper as the program that Python was given. Returns the exit code."""
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    sys.argv = [""]
    sys.path.insert(0, "")
    try:
        exec(wrapper(payload), main.__dict__)
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return (error.code or 0) & 0xFF
        print(error.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def finish(code: int) -> int:
    """What Python does at its end, as far as a module can tell. Returns the exit code."""
    for step in (threading._shutdown, atexit._run_exitfuncs):
        try:
            step()
        except BaseException:
            traceback.print_exc()
    try:
        sys.stdout.flush()
    except BaseException:
        # As Python's own: the output is not complete.
        code = 120
    try:
        sys.stderr.flush()
    except BaseException:
        code = 120
    return code


def forget() -> None:
    """Have Ansible's modules imported anew."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("ansible", "ansible_collections"):
            del sys.modules[name]


class Child:
    """A module that runs: its number, and where it writes."""

    def __init__(self, number: int, pid: int, outputs: dict[int, int]) -> None:
        self.number, self.pid, self.outputs = number, pid, outputs
        self.code: int | None = None


class Server:
    """Reads requests from `source`, forks a child for each, and writes what they say to `sink`."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink = source, sink
        self.loaded: dict[str, int] | None = None
        self.poll = select.poll()
        self.poll.register(source, select.POLLIN)
        self.watched: dict[int, Child] = {}

    def say(self, kind: int, number: int = 0, data: bytes = b"") -> None:
        """Write one message; whoever does not listen any more has no use for this process."""
        left = memoryview(HEAD.pack(kind, number, len(data)) + data)
        while left:
            left = left[os.write(self.sink, left) :]

    def hear(self, size: int) -> bytes:
        """Exactly `size` bytes of input; EOFError at its end."""
        data = bytearray()
        while len(data) < size:
            part = os.read(self.source, size - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def serve(self) -> None:
        """Until the input ends."""
        self.say(READY)
        while True:
            for descriptor, _event in self.poll.poll():
                if descriptor == self.source:
                    try:
                        _kind, number, size = HEAD.unpack(self.hear(HEAD.size))
                        request = self.hear(size)
                    except EOFError:
                        return
                    try:
                        self.start(number, request)
                    except (Unfit, OSError, SyntaxError, ValueError, zipfile.BadZipFile) as reason:
                        self.say(DECLINED, number, str(reason).encode())
                else:
                    self.look_after(descriptor)

    def start(self, number: int, request: bytes) -> None:
        """Fork a child that runs the payload."""
        (size,) = SIZE.unpack(request[: SIZE.size])
        environment = json.loads(request[SIZE.size : SIZE.size + size])
        payload = request[SIZE.size + size :]
        archive = Archive(payload)
        if self.loaded is None:
            self.preload(archive)
        (out, child_out), (err, child_err) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                for descriptor in (self.source, self.sink, out, err, *self.watched):
                    os.close(descriptor)
                self.become(archive, environment, payload, child_out, child_err)
            finally:
                os._exit(1)
        os.close(child_out)
        os.close(child_err)
        child = Child(number, pid, {out: OUT, err: ERR})
        for descriptor in (out, err, os.pidfd_open(pid)):
            self.watched[descriptor] = child
            self.poll.register(descriptor, select.POLLIN)

    def preload(self, archive: Archive) -> None:
        """Import what every module imports, from the first payload that comes."""
        sys.meta_path.insert(0, archive)
        try:
            for name in (*WRAPPER, *BASE):
                importlib.import_module(name)
            names = archive.entries.keys() & sys.modules.keys()
            self.loaded = {name: archive.entries[name][2] for name in names}
        except Exception:
            # Another Ansible than those this was written for: each child imports all of it.
            forget()
            self.loaded = {}
        finally:
            sys.meta_path.remove(archive)
        # A fork of several threads would be no faithful copy.
        if threading.active_count() != 1:
            raise SystemExit("the modules' base starts threads")
        gc.collect()
        gc.freeze()

    def become(
        self, archive: Archive, environment: dict[str, str], payload: bytes, out: int, err: int
    ) -> None:
        """Run the payload in this process, and end it."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        for descriptor, target in ((out, 1), (err, 2)):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.environ.update(environment)
        time.tzset()
        loaded = self.loaded or {}
        if any(archive.entries.get(name, (0, 0, crc))[2] != crc for name, crc in loaded.items()):
            forget()
        sys.meta_path.insert(0, archive)
        os._exit(finish(execute(payload)))

    def look_after(self, descriptor: int) -> None:
        """Pass on what a child says, and its end once it has ended and said all."""
        child = self.watched[descriptor]
        if descriptor in child.outputs:
            part = os.read(descriptor, 1 << 16)
            if part:
                self.say(child.outputs[descriptor], child.number, part)
                return
            del child.outputs[descriptor]
        else:
            child.code = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
        self.poll.unregister(descriptor)
        del self.watched[descriptor]
        os.close(descriptor)
        if child.code is not None and not child.outputs:
            self.say(EXIT, child.number, CODE.pack(child.code))


def main() -> None:
    """Serve on this process's standard input and output, which no module gets to see."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    sys.path[:] = filter(None, sys.path)  # nothing of ours from the folder where we happen to stand
    try:
        Server(source, sink).serve()
    except (BrokenPipeError, ConnectionError):
        pass
