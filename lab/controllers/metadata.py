"""Instance metadata at 169.254.169.254: who asks is known by the address it comes from."""

import re
import secrets
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from typing import Any

import boto3

from lab import imds, network
from lab.controllers.base import Controller
from lab.emulator.records import Instance
from lab.lab import Lab

_LONGEST = 21600
_VERSION = re.compile(r"^/(latest|\d{4}-\d{2}-\d{2}|1\.0)(?=/|$)")
_TOKEN = "/api/token"


class Service:
    """Knows instances, tokens and credentials; the handler below speaks HTTP."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._tokens: dict[str, tuple[IPv4Address, float]] = {}
        self._credentials: dict[tuple[str, str], dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._sts: Any = None

    def instance(self, address: IPv4Address) -> Instance | None:
        """Tell which running instance has a private address."""
        for one in self._lab.records.instances():
            if one.private_address == address and one.state in ("pending", "running"):
                return one
        return None

    def token(self, address: IPv4Address, seconds: int) -> str:
        """Make a token for one address."""
        token = secrets.token_urlsafe(40)
        now = time.monotonic()
        with self._lock:
            self._tokens = {t: one for t, one in self._tokens.items() if one[1] > now}
            self._tokens[token] = (address, now + seconds)
        return token

    def valid(self, token: str, address: IPv4Address) -> bool:
        """Say whether a token is one of this address, and not yet expired."""
        owner, end = self._tokens.get(token, (None, 0.0))
        return owner == address and end > time.monotonic()

    def answer(self, instance: Instance, path: str) -> str | None:
        """Answer a path below the version, None where there is nothing."""
        records = self._lab.records
        role = records.profile_role(instance.profile_arn) if instance.profile_arn else None
        tree = imds.tree(
            instance, role, records.subnet_blocks(instance), partial(self._assume, instance.id)
        )
        return imds.find(tree, path)

    def _assume(self, identity: str, role: str) -> dict[str, Any]:
        """Give an instance credentials of its role, the same ones until they are old."""
        with self._lock:
            given = self._credentials.get((identity, role))
            if not given or given["Expiration"] - datetime.now(UTC) < timedelta(minutes=30):
                given = self._client().assume_role(
                    RoleArn=role, RoleSessionName=identity, DurationSeconds=_LONGEST
                )["Credentials"]
                self._credentials[identity, role] = given
            return given

    def _client(self) -> Any:
        if self._sts is None:
            self._sts = boto3.client(
                "sts", endpoint_url=self._lab.settings.emulator_url,
                region_name=self._lab.settings.region,
                aws_access_key_id="metadata", aws_secret_access_key="metadata",
            )  # fmt: skip
        return self._sts


class Handler(BaseHTTPRequestHandler):
    """The service's HTTP."""

    protocol_version = "HTTP/1.1"
    server_version = "EC2ws"
    sys_version = ""
    service: Service

    def do_PUT(self) -> None:
        """Give a token."""
        instance = self._instance()
        if instance is None:
            return
        # The answer dies on its way to whoever is more hops away than the record allows. A socket
        # keeps that for what it sends again, so it serves nothing else.
        hops = instance.metadata.hop_limit
        self.request.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)
        self.close_connection = True
        version = _VERSION.match(self.path)
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if not version or self.path[version.end() :] != _TOKEN:
            self._send(404)
        elif self.headers.get("X-Forwarded-For"):
            self._send(403)
        elif not ttl.isdigit() or not 1 <= int(ttl) <= _LONGEST:
            self._send(400)
        else:
            token = self.service.token(self._address(), int(ttl))
            self._send(200, token, {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": ttl})

    def do_GET(self) -> None:
        """Answer metadata."""
        instance = self._instance()
        if instance is None:
            return
        token = self.headers.get("X-aws-ec2-metadata-token")
        if token is None and instance.metadata.token_required:
            return self._send(401)
        if token is not None and not self.service.valid(token, self._address()):
            return self._send(401)
        if self.path == "/":
            return self._send(200, "latest")
        version = _VERSION.match(self.path)
        path = self.path[version.end() :].partition("?")[0] if version else ""
        text = self.service.answer(instance, path) if version else None
        if text is None:
            self._send(404)
        else:
            self._send(200, text)

    do_HEAD = do_GET

    def _instance(self) -> Instance | None:
        """Tell who asks; answers by itself where nobody may."""
        instance = self.service.instance(self._address())
        if instance is None:
            self._send(404)
        elif not instance.metadata.enabled:
            self._send(403)
        else:
            return instance
        return None

    def _address(self) -> IPv4Address:
        return IPv4Address(self.client_address[0])

    def _send(self, status: int, text: str = "", headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep tokens and roles out of the log."""


class Metadata(Controller):
    """The service's server, and its address on the lab's bridge."""

    name = "metadata"
    interval = 3.0
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Start the server."""
        settings = self.lab.settings
        network.ensure_metadata_address(settings)
        handler = type("Bound", (Handler,), {"service": Service(self.lab)})
        self._server = ThreadingHTTPServer((str(settings.metadata_address), 80), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reconcile(self) -> None:
        """Have the address on the bridge, also after a restart of Docker's engine."""
        network.ensure_metadata_address(self.lab.settings)

    def stop(self) -> None:
        """Stop the server."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
