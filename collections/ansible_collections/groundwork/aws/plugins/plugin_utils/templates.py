# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Templates that are compiled once.

Ansible compiles the same text anew each time that it meets it: a variable's template for each variable that is made of it,
and again in each worker. What the code of a template is depends on its text and on how the environment marks its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import jinja2

MOST = 4000
# How an environment marks its parts, as Jinja's lexer knows it.
MARKS = (
    *("block_start_string", "block_end_string", "variable_start_string", "variable_end_string"),
    *("comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix"),
    *("trim_blocks", "lstrip_blocks", "newline_sequence", "keep_trailing_newline"),
)

_codes: dict[tuple[Any, ...], Any] = {}
_last: jinja2.Environment | None = None
_compile = jinja2.Environment.compile


def _compile_once(
    self: jinja2.Environment,
    source: Any,
    name: str | None = None,
    filename: str | None = None,
    *others: Any,
    **more: Any,
) -> Any:
    global _last
    # An optimizing environment computes constants while it compiles, as `100 | random` is one; what a backslash is depends
    # on who asks.
    if name or filename or others or more or self.optimized or not isinstance(source, str):
        return _compile(self, source, name, filename, *others, **more)
    if "\\" in source:
        return _compile(self, source)
    _last = self
    key = (type(self), str(source), *(getattr(self, mark) for mark in MARKS))
    if key not in _codes:
        if len(_codes) >= MOST:
            _codes.clear()
        _codes[key] = _compile(self, source)
    return _codes[key]


def remember() -> None:
    """From now on, in this process and in those that it forks."""
    jinja2.Environment.compile = _compile_once  # type: ignore[method-assign]


def foresee(values: Iterable[Any]) -> None:
    """Compile those of the values that are templates, as the last one was, so that workers find them done."""
    for value in values:
        if _last is not None and isinstance(value, str) and "{{" in value:
            with suppress(
                jinja2.TemplateError
            ):  # the preflight tells where it stands, and what to write
                _last.compile(value)
