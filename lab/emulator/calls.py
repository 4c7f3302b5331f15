"""What an HTTP request to the emulator means: which service, which action, does it change anything.

Tests read this log to prove that a second run makes no mutating call, and the snapshot is
taken only after calls that mutate.
"""

import io
import json
import re
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.core.request import Request
from moto.core.routing import get_service_router

_SCOPE = re.compile(r"Credential=[^/]*/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/(?P<action>\w+)$")

READ_VERBS = (
    "BatchCheck", "BatchGet", "Check", "Count", "Decode", "Describe", "Detect", "Download",
    "Estimate", "Evaluate", "Filter", "Get", "Head", "List", "Lookup", "Preview", "Query",
    "Scan", "Search", "Select", "Simulate", "Test", "TransactGet", "Validate", "View",
)  # fmt: skip
READ_ACTIONS = frozenset({
    # Sessions, tokens, cryptography with a stored key, queries: answers, no record changes.
    "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "Decrypt", "Encrypt",
    "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateMac", "GenerateRandom",
    "ReEncrypt", "Sign", "StartQuery", "StopQuery", "Verify", "VerifyMac",
})  # fmt: skip
# `Get...` that writes: it makes the report that the next call returns.
WRITE_ACTIONS = frozenset({"GenerateCredentialReport"})


@dataclass(frozen=True, slots=True)
class Call:
    """One API call. `service` is AWS's signing name (`elasticloadbalancing`, `ec2`, `s3` ...).

    `path` is the request's: for S3 it names bucket and object.
    """

    service: str
    action: str
    mutating: bool
    status: int = 0
    path: str = field(default="", compare=False)


def is_mutating(action: str) -> bool:
    """Say whether an API action changes records, judged by its name (`DescribeVpcs`: no)."""
    if action in WRITE_ACTIONS:
        return True
    return action not in READ_ACTIONS and not action.startswith(READ_VERBS)


def identify(environ: dict[str, Any]) -> Call:
    """Tell the call behind a WSGI request; leaves the request's body readable.

    A request that no service model explains gets `METHOD /path` as its action, and counts as
    mutating unless it is a GET or HEAD.
    """
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = scope["service"] if scope else "unsigned"
    form = _form(environ)
    action = form.get("Action") or _header_action(environ) or _path_action(environ, service)
    if not action:
        method = environ["REQUEST_METHOD"]
        return Call(service, f"{method} {environ['PATH_INFO']}", method not in ("GET", "HEAD"))
    return Call(service, action, is_mutating(action) and form.get("DryRun") != "true")


def _form(environ: dict[str, Any]) -> dict[str, str]:
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return {}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    fields = parse_qs(body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items() if name in ("Action", "DryRun")}


def _header_action(environ: dict[str, Any]) -> str:
    return environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]


def _path_action(environ: dict[str, Any], service: str) -> str:
    cbor = _CBOR_PATH.search(environ["PATH_INFO"])
    if cbor:
        return cbor["action"]
    try:
        operation, _ = get_service_router(service).match(Request(environ, shallow=True))
    except Exception:  # any service without a model, any path without an operation
        return ""
    return operation.name


class CallLog:
    """Appends one JSON line per call to a file; whole lines, also with many threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def write(self, call: Call) -> None:
        """Append a call."""
        with self._lock:
            self._stream.write(json.dumps(asdict(call)) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
