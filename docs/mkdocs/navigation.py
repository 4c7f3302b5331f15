"""The site's navigation out of its order and the pages that there are."""

from __future__ import annotations

from fnmatch import filter as fnmatch_filter
from typing import Any


def navigation(order: list[Any], pages: set[str]) -> list[Any]:
    """The order without pages that are not there; `More` has those that it does not name."""
    named = {entry for group in order for entry in (_entries(group)) if "*" not in entry}
    seen: set[str] = set()
    laid: list[Any] = []
    for group in order:
        found = []
        for entry in _entries(group):
            if "*" in entry:
                matching = sorted(fnmatch_filter(pages - named - seen, entry))
            else:
                matching = [entry] if entry in pages else []
            seen.update(matching)
            found += matching
        if isinstance(group, str):
            laid += found
        elif found:
            laid.append({next(iter(group)): found})
    rest = sorted(pages - seen)
    return laid + ([{"More": rest}] if rest else [])


def _entries(group: str | dict[str, list[str]]) -> list[str]:
    return [group] if isinstance(group, str) else next(iter(group.values()))
