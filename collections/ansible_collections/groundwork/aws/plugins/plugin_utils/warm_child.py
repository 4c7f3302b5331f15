# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""One module run, in a fork of the warm process that is thrown away afterwards."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import tempfile
import time
from typing import Any, NoReturn

from ansible_collections.groundwork.aws.plugins.module_utils import api_calls
from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    warm_faults,
    warm_payload,
    warm_protocol,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_host import execute, finish
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_services import Services

# Read by Python, the C library or a preloaded library when it starts: too late for a fork.
AT_START = ("BOTO_", "LC_", "LD_", "MALLOC_", "OPENSSL_", "PYTHON")
AT_START_NAMES = ("HOME", "LANG", "LANGUAGE", "UNIXCONFDIR", "UNIXUSRLIBDIR")


def at_start(environment: dict[str, str]) -> dict[str, str]:
    """The part of an environment that a running Python cannot take on."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(AT_START) or name in AT_START_NAMES
    }


def enter(request: dict[str, Any]) -> None:
    """Take on the folder, mask and environment of the request; Declined where that cannot be."""
    environment = request["environment"]
    own, wanted = at_start(dict(os.environ)), at_start(environment)
    if own != wanted:
        names = sorted(name for name in own | wanted if own.get(name) != wanted.get(name))
        raise warm_payload.Declined(f"{', '.join(names)}: only read when a Python starts")
    try:
        os.chdir(request["folder"])
    except OSError as error:
        raise warm_payload.Declined(str(error)) from None
    os.umask(request["mask"])
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None


def run(
    connection: socket.socket,
    loaded: dict[str, int | None],
    config: dict[str, Any],
    services: Services,
) -> NoReturn:
    """Serve one request on `connection`, and end this process."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        request, payload, descriptors = warm_protocol.receive_request(connection)
        try:
            finder = warm_payload.finder(payload, loaded, config["ansible"], config["roots"])
            enter(request)
            services.want(request["environment"].get("AWS_DATA_PATH"))
        except warm_payload.Declined as reason:
            connection.sendall(warm_protocol.DECLINED + str(reason).encode())
            connection.shutdown(socket.SHUT_WR)
            os._exit(0)
        for target, descriptor in zip((1, 2), descriptors, strict=True):
            os.dup2(descriptor, target)
            os.close(descriptor)
        connection.sendall(warm_protocol.READY)
        if warm_protocol.read(connection, 1) != warm_protocol.GO:
            os._exit(0)
    except (EOFError, OSError):
        os._exit(0)
    sys.meta_path.insert(0, finder)
    gc.freeze()
    gc.enable()
    faults = warm_faults.listen()
    if request.get("calls"):
        api_calls.listen_to(request["calls"])
    pid = os.getpid()
    code = finish(execute(payload))
    if faults.fault:
        warm_faults.say(warm_faults.FAULT + faults.fault)
    if os.getpid() != pid:
        # The module forked: the worker waits for the first of them only.
        os._exit(code)
    try:
        connection.sendall(warm_protocol.EXITED + warm_protocol.CODE.pack(code))
    except OSError:
        pass
    os._exit(code)
