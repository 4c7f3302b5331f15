"""The emulator's HTTP server: starts and stops in this process, or runs as a command."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from lab.emulator import changes, creation, lookups, mends
from lab.emulator.calls import CallLog, identify
from lab.emulator.mends.ec2_public_address import use_network
from lab.emulator.snapshot import Keeper

log = logging.getLogger("lab.emulator")


class Handler(MotoRequestHandler):
    """HTTP handler that logs at debug level and answers small packets at once."""

    disable_nagle_algorithm = True  # else every answer on a kept connection waits for a 40 ms ACK

    def log(self, type: str, message: str, *args: Any) -> None:
        """Send the access line to our log, not to the terminal."""
        log.debug(message, *args)


class Application:
    """WSGI application: moto, with each call identified, logged and told to a listener."""

    def __init__(self, call_log: CallLog | None, latency: float = 0.0) -> None:
        """`latency`: seconds that each call takes longer."""
        self._latency = latency
        self._moto = lookups.Dispatcher(create_backend_app)
        self._call_log = call_log

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        """Answer one request."""
        if self._latency:
            time.sleep(self._latency)
        call = identify(environ)
        seen: list[int] = []

        def start(status: str, headers: list, exc_info: Any = None) -> Any:
            seen.append(int(status.split()[0]))
            return start_response(status, headers, exc_info)

        with changes.GATE.inside():
            try:
                answer = self._moto(environ, start)
            except Exception as error:
                log.exception("%s %s failed in the emulator", call.service, call.action)
                answer = self._failure(error, environ, start)
        call = replace(call, status=seen[0] if seen else 500, path=environ["PATH_INFO"])
        log.debug("%s %s %s", call.service, call.action, call.status)
        if self._call_log:
            self._call_log.write(call)
        if call.mutating:
            changes.tell()
        return answer

    @staticmethod
    def _failure(error: Exception, environ: dict[str, Any], start: Callable) -> list[bytes]:
        """Answer a fault of moto as AWS answers its own, in the caller's protocol."""
        text = f"{type(error).__name__}: {error}"
        if "json" in environ.get("CONTENT_TYPE", ""):
            kind = environ["CONTENT_TYPE"]
            body = json.dumps({"__type": "InternalFailure", "message": text})
        else:
            kind = "text/xml"
            body = (
                "<ErrorResponse><Error><Code>InternalFailure</Code>"
                f"<Message>{escape(text)}</Message></Error></ErrorResponse>"
            )
        start("500 INTERNAL SERVER ERROR", [("Content-Type", kind)])
        return [body.encode()]


class Emulator:
    """A running emulator. One per process: moto keeps its records in module globals."""

    def __init__(
        self,
        host: str,
        port: int,
        snapshot: Path | None,
        record: Path | None,
        latency: float = 0.0,
    ) -> None:
        mends.apply()
        lookups.apply()
        self._call_log = CallLog(record) if record else None
        self._keeper = Keeper(snapshot) if snapshot else None
        application = Application(self._call_log, latency)
        self._server = make_server(host, port, application, threaded=True, request_handler=Handler)
        if self._keeper:
            self._keeper.start()
        self.host, self.port = str(self._server.server_address[0]), self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="emulator", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The endpoint, for `AWS_ENDPOINT_URL`."""
        return f"http://{self.host}:{self.port}"

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._keeper:
            self._keeper.stop()
        if self._call_log:
            self._call_log.close()


_running: Emulator | None = None


def start(
    host: str = "127.0.0.1",
    port: int = 5000,
    snapshot: Path | None = None,
    *,
    record: Path | None = None,
    public_network: IPv4Network | None = None,
    latency: float = 0.0,
) -> Emulator:
    """Start the emulator in this process; port 0 takes a free one.

    `snapshot` is the file that keeps the records, `record` one that gets a JSON line per API call
    (see `calls.Call`); public addresses of instances come from `public_network`; `latency` are
    seconds that each call takes longer. Raises OSError when the address is taken, RuntimeError when
    an emulator already runs in this process.
    """
    global _running
    if public_network:
        use_network(public_network)
    if _running:
        raise RuntimeError(f"an emulator already runs in this process at {_running.url}")
    _running = Emulator(host, port, snapshot, record, latency)
    return _running


def stop() -> None:
    """Stop the running emulator; nothing happens when none runs."""
    global _running
    if _running:
        _running.stop()
        _running = None


def main(argv: list[str] | None = None) -> int:
    """Run the emulator until SIGTERM or SIGINT. Returns the exit status."""
    options = _parser().parse_args(argv)
    level = logging.DEBUG if options.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        creation.set_scale(options.creation_times)
    except creation.BadScale as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 2
    try:
        emulator = start(
            options.host,
            options.port,
            options.snapshot,
            record=options.record,
            public_network=options.public_network,
            latency=options.latency / 1000,
        )
    except OSError as error:
        print(
            f"emulator: cannot listen on {options.host}:{options.port}: {error.strerror}\n"
            f"  try another port: --port 0 takes a free one",
            file=sys.stderr,
        )
        return 1
    print(f"emulator: AWS_ENDPOINT_URL={emulator.url}", flush=True)
    ended.wait()
    stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="emulator", description="AWS on this machine: moto, mended."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=5000, help="port, 0: a free one (%(default)s)")
    parser.add_argument("--snapshot", type=Path, metavar="FILE", help="keep the records there")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="append a JSON line per API call"
    )
    parser.add_argument(
        "--public-network",
        type=IPv4Network,
        metavar="CIDR",
        help="where instances get their public addresses from",
    )
    parser.add_argument(
        "--latency", type=float, default=0, metavar="MS", help="let each call take so much longer"
    )
    parser.add_argument(
        "--creation-times",
        default=os.environ.get("LAB_LATENCY", ""),
        metavar="SCALE",
        help="let databases and others take AWS's time to be made, aws/20 a twentieth of it "
        "(LAB_LATENCY; at once)",
    )
    parser.add_argument("--verbose", action="store_true", help="log every call")
    return parser
