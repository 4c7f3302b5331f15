# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Which components need which, and what that means for taking one down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def dependants(graph: dict[str, Iterable[str]], component: str) -> list[str]:
    """Components whose needs in `graph` name `component`."""
    return sorted(name for name, needs in graph.items() if component in needs and name != component)


def blocked(graph: dict[str, Iterable[str]], going: list[str], there: list[str]) -> dict[str, Any]:
    """Of the components `going`, those that something needs that stays and is `there`, and what."""
    staying = set(there) - set(going)
    needed = {name: [d for d in dependants(graph, name) if d in staying] for name in going}
    return {name: by for name, by in needed.items() if by}


def with_dependants(
    graph: dict[str, Iterable[str]], going: list[str], there: list[str]
) -> list[str]:
    """The components `going`, and those that are `there` and need them, however far, sorted."""
    together, added = set(going), set(going)
    while added:
        added = {d for name in added for d in dependants(graph, name) if d in there} - together
        together |= added
    return sorted(together)


def unmet(graph: dict[str, Iterable[str]], going: list[str], there: list[str]) -> dict[str, Any]:
    """Of the components `going`, those that need what neither goes along nor is `there`, and what."""
    have = {*going, *there}
    missing = {name: sorted(need for need in graph[name] if need not in have) for name in going}
    return {name: needs for name, needs in missing.items() if needs}


def with_needs(graph: dict[str, Iterable[str]], going: list[str], there: list[str]) -> list[str]:
    """The components `going`, and those that they need and that are not `there`, however far, sorted."""
    together, added = set(going), set(going)
    while added:
        added = {need for name in added for need in graph[name]} - set(there) - together
        together |= added
    return sorted(together)


def failure_reason(result: dict[str, Any]) -> str:
    """What a failed task said, of a loop what each failed item said, in one line."""
    items = [item for item in result.get("results", []) if item.get("failed")]
    messages = [str(item.get("msg") or item.get("message") or "no reason") for item in items]
    return "; ".join(dict.fromkeys(messages)) or str(result.get("msg") or "no reason was given")


def resource_line(resource: dict[str, str]) -> str:
    """A resource of M(groundwork.aws.tagged_resources_info) as a person reads it."""
    known_as = resource["name"]
    if resource["id"] not in known_as:
        known_as = f"{resource['id']} ({known_as})"
    state = "" if resource["state"] == "present" else f", {resource['state']}"
    return f"{resource['type']} {known_as} of {resource['component'] or 'no component'}{state}"


class FilterModule:
    """Filters about the graph of components."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "blocked": blocked,
            "dependants": dependants,
            "failure_reason": failure_reason,
            "resource_line": resource_line,
            "unmet": unmet,
            "with_dependants": with_dependants,
            "with_needs": with_needs,
        }
