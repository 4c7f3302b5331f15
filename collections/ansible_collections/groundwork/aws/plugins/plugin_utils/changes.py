"""Which properties of a resource differ from what is asked: before, after."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    mentions_placeholder,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    tags_of,
)

HIDDEN = "(sensitive)"
UNSEEN = {"property": "(not shown by the module)", "before": None, "after": "(changed)"}
TRUE = {"true", "yes", "on", "1"}

Change = dict[str, Any]


def alike(asked: Any, found: Any) -> Any:
    """`asked` in the form of `found`: "30" is 30 where AWS has a number, JSON text is data where AWS
    has a document, a list of plain values has no order, a dict is compared where both have a key.
    """
    if mentions_placeholder(asked):
        return asked
    if isinstance(found, bool):
        return asked if isinstance(asked, bool) else str(asked).lower() in TRUE
    if isinstance(found, int | float) and isinstance(asked, str):
        try:
            return type(found)(asked)
        except ValueError:
            return asked
    if isinstance(found, dict | list) and isinstance(asked, str):
        try:
            return alike(json.loads(asked), found)
        except ValueError:
            return [asked] if isinstance(found, list) else asked
    if isinstance(found, str) and isinstance(asked, bool):
        return str(asked).lower()
    if isinstance(found, str) and isinstance(asked, int | float):
        return str(asked)
    if isinstance(found, dict) and isinstance(asked, dict):
        return {**found, **{key: alike(value, found.get(key)) for key, value in asked.items()}}
    return asked


def in_order(value: Any) -> Any:
    """A list of plain values sorted, since AWS promises no order; all else as it is."""
    if isinstance(value, list | tuple) and all(isinstance(item, str | int) for item in value):
        return sorted(value, key=str)
    return value


def differences(kind: Kind, args: Arguments, found: Found | None, hidden: bool) -> list[Change]:
    """What a task with these arguments changes on `found`; all that it sets where there is none.

    `hidden`: no value may be shown (the task has no_log).
    """
    changes = []
    asked = kind.asked(args)
    for name, wanted in asked.items():
        if wanted is None:
            continue
        if found is None:
            changes.append(change(kind, name, None, in_order(wanted), hidden))
        elif name in found.properties:
            before = in_order(found.properties[name])
            after = in_order(alike(wanted, before))
            if before != after:
                changes.append(change(kind, name, before, after, hidden))
    return changes + tag_changes(kind, args, found, hidden)


def tag_changes(kind: Kind, args: Arguments, found: Found | None, hidden: bool) -> list[Change]:
    """One property for each tag that is added, changed or removed."""
    before = dict(found.tags) if found else {}
    after = tags_of(args)
    if args.get("tags") is None and args.get("resource_tags") is None:
        return []
    purge = alike(args.get("purge_tags", kind.purge_tags), True)
    names = sorted({*after, *(before if purge else ())})
    return [
        change(kind, f"tags.{name}", before.get(name), after.get(name), hidden)
        for name in names
        if before.get(name) != after.get(name)
        and not (name.startswith("aws:") or (name == "Name" and name not in after))
    ]


def told(kind: Kind, diff: dict[str, Any], hidden: bool) -> list[Change]:
    """The changes of a `diff` that a module of ours returned: before and after by property."""
    before, after = diff.get("before") or {}, diff.get("after") or {}
    names = [name for name in {**before, **after} if name != "tags"]
    changes = [
        change(kind, name, before.get(name), after.get(name), hidden)
        for name in names
        if before.get(name) != after.get(name)
    ]
    had, has = before.get("tags") or {}, after.get("tags") or {}
    return changes + [
        change(kind, f"tags.{name}", had.get(name), has.get(name), hidden)
        for name in sorted({**had, **has})
        if had.get(name) != has.get(name)
    ]


def change(kind: Kind, name: str, before: Any, after: Any, hidden: bool) -> Change:
    """One changed property; its values are hidden where they must not be shown."""
    if hidden or kind.is_sensitive(name):
        before, after = (None if value is None else HIDDEN for value in (before, after))
    return {"property": name, "before": shown(kind, before), "after": shown(kind, after)}


def shown(kind: Kind, value: Any) -> Any:
    """The value with what is sensitive deep inside hidden."""
    if isinstance(value, dict):
        return {
            key: HIDDEN if item is not None and kind.is_sensitive(str(key)) else shown(kind, item)
            for key, item in value.items()
        }
    return [shown(kind, item) for item in value] if isinstance(value, list) else value
