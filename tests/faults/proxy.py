"""An AWS endpoint with faults: forwards to a healthy one, but throttles, fails, cuts, kills."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SCOPE = re.compile(r"Credential=[^/]*/\d{8}/[^/]+/([^/]+)/aws4_request")
# No steps of a run: what only reads, and the lock, which is renewed all the time.
NO_STEP = re.compile(r"Describe|Get|GET|List|HEAD|PutItem|UpdateItem")
HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


def throttled(service: str, headers) -> tuple[int, str, str]:
    """Status, content type and body with which a service says that it was asked too often."""
    words = "Rate exceeded"
    if headers.get("X-Amz-Target"):
        body = json.dumps({"__type": "ThrottlingException", "message": words})
        return 400, "application/x-amz-json-1.1", body
    if service == "ec2":
        error = f"<Error><Code>RequestLimitExceeded</Code><Message>{words}</Message></Error>"
        return (
            503,
            "text/xml",
            f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>",
        )
    if service == "s3":
        return 503, "text/xml", f"<Error><Code>SlowDown</Code><Message>{words}</Message></Error>"
    error = f"<Error><Type>Sender</Type><Code>Throttling</Code><Message>{words}</Message></Error>"
    return 400, "text/xml", f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"


def failed(service: str, headers) -> tuple[int, str, str]:
    """The same of an internal error."""
    if headers.get("X-Amz-Target"):
        body = json.dumps({"__type": "InternalFailure", "message": "internal"})
        return 500, "application/x-amz-json-1.1", body
    error = "<Error><Code>InternalError</Code><Message>internal</Message></Error>"
    wrapped = f"<Response><Errors>{error}</Errors></Response>" if service == "ec2" else error
    if service not in ("ec2", "s3"):
        wrapped = f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"
    return 500, "text/xml", wrapped


class Proxy:
    """A proxy in front of `target` (a URL). `mode`: throttle, fail, cut, lose, slow, none.

    throttle: every 5th call; fail: 15 % of calls, by a fixed seed; cut: every 7th connection,
    before the call is forwarded; lose: the answer to the first call of each kind that creates
    something, which is carried out; slow: 0.2 s for each call; none: what `kill` asks for.
    """

    def __init__(self, target: str, mode: str) -> None:
        self.target, self.mode = urlsplit(target), mode
        self.faults = 0
        self.calls, self.connections = itertools.count(1), itertools.count(1)
        self.lost: set[str] = set()
        self.chance, self.guard = random.Random(7), threading.Lock()
        self.victim: subprocess.Popen | None = None
        self.left, self.carried_out = 0, False
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with proxy.guard:
                    self.bad = next(proxy.connections) % 7 == 0

            def handle_any(self) -> None:
                proxy.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = handle_any

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the proxy."""
        self.server.shutdown()
        self.server.server_close()

    def kill(self, victim: subprocess.Popen, after: int, carried_out: bool) -> None:
        """Kill the process group at its `after`th call that changes something.

        `carried_out`: the call itself is still forwarded; nobody hears its answer.
        """
        with self.guard:
            self.victim, self.left, self.carried_out = victim, after, carried_out

    def kills(self, kind: str) -> bool:
        """Whether this call is the one at which the run is to be killed."""
        if NO_STEP.match(kind):
            return False
        with self.guard:
            self.left -= 1
            return self.victim is not None and self.left == 0

    def fault(self) -> str | None:
        """What happens to the next call."""
        with self.guard:
            number, chance = next(self.calls), self.chance.random()
        if self.mode == "throttle" and number % 5 == 0:
            return "throttle"
        if self.mode == "fail" and chance < 0.15:
            return "fail"
        return None

    @staticmethod
    def kind(request, body: bytes) -> str:
        """The name of the operation, or method and path where the service has only these."""
        query = re.search(rb"(?:^|&)Action=(\w+)", body)
        kind = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        return kind or (query[1].decode() if query else f"{request.command} {request.path}")

    def loses(self, kind: str) -> bool:
        """Whether the answer to this call, the first of its kind, is lost."""
        if not re.match(r"Create|Allocate|Run|Request|Add|Put|PUT|Associate|Attach", kind):
            return False
        with self.guard:
            first = kind not in self.lost
            self.lost.add(kind)
        return first

    def answer(self, request) -> None:
        """Forward one call, or do not."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        kind = self.kind(request, body)
        cut = request.bad and self.mode == "cut"
        killed = self.kills(kind)
        if killed:
            self.faults += 1
            os.killpg(self.victim.pid, signal.SIGKILL)
            cut = not self.carried_out
        if not cut:
            scope = SCOPE.search(request.headers.get("Authorization", ""))
            fault = self.fault()
            if fault:
                self.faults += 1
                make = throttled if fault == "throttle" else failed
                self.send(request, *make(scope[1] if scope else "", request.headers))
                return
            if self.mode == "slow":
                time.sleep(0.2)
            answer, content = self.forward(request, body)
        if cut or killed or (self.mode == "lose" and self.loses(kind)):
            self.faults += 1
            request.close_connection = True
            request.connection.close()
            return
        request.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                request.send_header(name, value)
        length = answer.getheader("Content-Length") if request.command == "HEAD" else None
        request.send_header("Content-Length", length or str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def forward(self, request, body: bytes):
        """The healthy endpoint's answer and its body."""
        upstream = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "connection"}
        upstream.request(request.command, request.path, body or None, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        return answer, content

    @staticmethod
    def send(request, status: int, kind: str, body: str) -> None:
        """An answer of our own."""
        content = b"" if request.command == "HEAD" else body.encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
