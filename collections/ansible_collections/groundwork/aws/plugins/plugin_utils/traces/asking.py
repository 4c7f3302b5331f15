# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Calls of traces as questions to ask again (groundwork.aws.answers_info), each once, and their answers by call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.trace import Trace, key


def questions(traces: Iterable[Trace]) -> list[dict[str, Any]]:
    """What all calls ask, each once; the pages of one are one question."""
    found: dict[str, dict[str, Any]] = {}
    for trace in traces:
        for call in trace.calls:
            first = {name: call[name] for name in call if name not in ("answer", "page")}
            one = found.setdefault(key({**first, "page": 0}), {**first, "pages": 1})
            one["pages"] = max(one["pages"], call["page"] + 1)
    return list(found.values())


def answered(asked: list[dict[str, Any]], answers: list[list[str | None]]) -> dict[str, str | None]:
    """The answers by call. A list that is too short leaves the rest without."""
    return {
        key({**question, "page": page}): answer
        for question, pages in zip(asked, answers, strict=False)
        for page, answer in enumerate(pages)
    }
