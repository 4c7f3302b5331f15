"""What an HTTP request to the emulator means: which service, which action, does it change anything.

Tests read this log to prove that a second run makes no mutating call, and the snapshot is
taken only after calls that mutate.
"""

import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.core.request import Request
from moto.core.routing import get_service_router

_SCOPE = re.compile(r"Credential=(?P<key>[^/]*)/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
_NAMES_RESOURCE = re.compile(r"(^n|N)ames?$|Identifier$|Id$|A(rn|RN)$|^(repositories|resources)$")
_TAG_KEY = re.compile(r"\.(Tag)?[Kk]ey$")
_TAGS = frozenset({"tags", "Tags", "BackupPlanTags", "BackupVaultTags"})
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

    `path` is the request's: for S3 it names bucket and object. `about` is what the request says of
    its resources: names, ids, ARNs, and the tags that it gives. Never a value of anything. `key` is
    the id of the access key that signed it.
    """

    service: str
    action: str
    mutating: bool
    status: int = 0
    path: str = field(default="", compare=False)
    about: dict[str, Any] = field(default_factory=dict, compare=False)
    key: str = field(default="", compare=False)


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
    service, key = (scope["service"], scope["key"]) if scope else ("unsigned", "")
    fields = _fields(environ)
    # A JSON body names its operation in a header; an `Action` in it is a member like others.
    form = fields if _is_form(environ) else {}
    action = form.get("Action") or _header_action(environ) or _path_action(environ, service)
    if not action:
        method = environ["REQUEST_METHOD"]
        mutating = method not in ("GET", "HEAD")
        return Call(service, f"{method} {environ['PATH_INFO']}", mutating, key=key)
    mutating = is_mutating(action) and form.get("DryRun") != "true"
    return Call(service, action, mutating, about=about(fields), key=key)


def about(fields: dict[str, str]) -> dict[str, Any]:
    """What a request says of its resources: `{"DBInstanceIdentifier": "shop", "tags": {...}}`.

    A list or a nested member stands under its last name: `Filter.1.Name` under `Name`.
    """
    said: dict[str, Any] = {}
    tags: dict[str, str] = {}
    for path, value in fields.items():
        parts = [part for part in path.split(".") if not part.isdigit() and part != "member"]
        if not parts or parts[0].endswith(("Filter", "Filters", "filters")):
            continue
        if _TAG_KEY.search(path):
            tags[value] = fields.get(path[:-3] + {"K": "Value", "k": "value"}[path[-3]], "")
        elif parts[0] in _TAGS:
            if path.count(".") == 1:
                tags[parts[1]] = value
        elif _NAMES_RESOURCE.search(parts[-1]):
            said.setdefault(parts[-1], value)
    return {**said, "tags": tags} if tags else said


def _is_form(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")


def _fields(environ: dict[str, Any]) -> dict[str, str]:
    """The members of a form or a JSON body, flat: `Tags.1.Key`. The body stays readable."""
    if not _is_form(environ) and "json" not in environ.get("CONTENT_TYPE", ""):
        return {}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if _is_form(environ):
        return {n: v[0] for n, v in parse_qs(body.decode("utf-8", "replace")).items()}
    try:
        return dict(_flat("", json.loads(body or "{}")))
    except ValueError:
        return {}


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value, 1)
    elif isinstance(value, str):
        yield path, value
    for name, inner in pairs:
        yield from _flat(f"{path}.{name}" if path else str(name), inner)


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
