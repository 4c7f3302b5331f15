"""The conditions of a load balancer's rules, as tests of HAProxy."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote


def tests(condition: dict[str, Any]) -> Iterable[str]:
    """Write a condition's tests; one that holds is enough."""
    kind = condition.get("Field", "")
    config = condition.get("".join(part.title() for part in kind.split("-")) + "Config") or {}
    if kind == "http-request-method":
        config = condition.get("HttpRequestMethodConfig") or {}
    values = config.get("Values") or condition.get("Values") or []
    if kind == "path-pattern":
        yield from (f"path -m reg {_pattern(value)}" for value in values)
    elif kind == "host-header":
        yield from (f"req.hdr(host),field(1,:) -i -m reg {_pattern(value)}" for value in values)
    elif kind == "http-header":
        header = config.get("HttpHeaderName", "")
        yield from (f"req.fhdr({header}) -i -m reg {_pattern(value)}" for value in values)
    elif kind == "http-request-method":
        yield from (f"method {value}" for value in values)
    elif kind == "source-ip":
        yield from (f"src {value}" for value in values)
    elif kind == "query-string":
        yield from (_query(value) for value in values)


def _query(value: dict[str, str]) -> str:
    wanted = _glob(quote(value.get("Value", ""), safe="*?"))
    name = _glob(quote(value["Key"], safe="*?")) + "=" if value.get("Key") else "[^=&]*=?"
    return f"query -i -m reg '(^|&){name}{wanted}(&|$)'"


def _pattern(value: str) -> str:
    return f"'^{_glob(value)}$'"


def _glob(value: str) -> str:
    """Write ALB's wildcards (`*` any, `?` one) as a regular expression fit for single quotes."""
    parts = {"*": ".*", "?": ".", "'": r"\x27"}
    return "".join(parts.get(letter) or re.escape(letter) for letter in value)
