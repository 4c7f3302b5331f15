# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Which resources a task's result speaks of.

What AWS modules do is told by the action plugin `normal` (see reported.py). A module of a host is
read here: its type from the module, its name from the arguments, its action from the result as far
as that knows. What only looks or says something is no resource.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.place import Resource
from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import PLACEHOLDER

FILE = ("file", ("dest", "path", "name"))
SERVICE = ("service", ("name",))
PACKAGE = ("package", ("name", "pkg", "package", "deb"))
TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("apt", "dnf", "package", "pip"), PACKAGE),
    **dict.fromkeys(("template", "copy", "get_url", "file", "lineinfile", "blockinfile"), FILE),
    **dict.fromkeys(("systemd", "systemd_service", "service"), SERVICE),
    "apt_repository": ("package source", ("repo",)),
    "deb822_repository": ("package source", ("name",)),
    "docker_compose_v2": ("containers", ("project_name", "project_src")),
    "docker_container": ("container", ("name",)),
    "docker_image_pull": ("image", ("name",)),
    "host_secrets": ("secrets", ("name",)),
    "mount": ("mount", ("path",)),
}
OURS = "groundwork.aws."
NAMES = ("name", "path", "dest", "id")
# Their results say nothing of a resource, unless `changed_when` says that a step did change something.
LOOKING = frozenset([
    "add_host", "assert", "async_status", "command", "debug", "fail", "find", "getent", "group_by",
    "meta", "pause", "ping", "raw", "script", "set_fact", "set_stats", "setup", "shell", "slurp",
    "stat", "uri", "validate_argument_spec", "wait_for", "wait_for_connection",
])  # fmt: skip
NEW_PACKAGES = re.compile(r"^The following NEW packages will be installed:\n((?:  .*\n)+)", re.M)


def short(action: str) -> str:
    """A module's name without its collection."""
    return action.rpartition(".")[2]


def _digest(text: Any) -> str:
    return (
        ""
        if text in (None, "")
        else f"sha256:{hashlib.sha256(str(text).encode()).hexdigest()[:12]}"
    )


def _first(diff: Any) -> dict[str, Any]:
    """The part of a module's diff that has a before and an after."""
    for one in diff if isinstance(diff, list) else [diff]:
        if isinstance(one, dict) and "before" in one and "after" in one:
            return one
    return {}


def texts_of(diff: Any) -> tuple[str, str]:
    """A file's text before and after, from a module's diff; empty for a diff of properties."""
    found = _first(diff)
    before, after = found.get("before"), found.get("after")
    if isinstance(before, dict) or isinstance(after, dict):
        return "", ""
    return str(before or ""), str(after or "")


def changes_of(diff: Any) -> list[dict[str, Any]]:
    """Changed properties of a module's diff; of a text only its digests, for texts may be long."""
    found = _first(diff)
    before, after = found.get("before"), found.get("after")
    if isinstance(before, dict) or isinstance(after, dict):
        before, after = before or {}, after or {}
        return [
            {"property": str(key), "before": before.get(key), "after": after.get(key)}
            for key in dict.fromkeys([*before, *after])
            if before.get(key) != after.get(key) and key != "path"
        ]
    if before != after:
        return [{"property": "content", "before": _digest(before), "after": _digest(after)}]
    return []


def action_of(args: dict[str, Any], result: dict[str, Any]) -> str:
    """What a changed result did: create, update or delete."""
    if "absent" in (args.get("state"), result.get("state")):
        return "delete"
    found = _first(result.get("diff"))
    before = found.get("before")
    if isinstance(before, dict):
        return "update" if before and before.get("state") != "absent" else "create"
    return "create" if found and not before else "update"


def _packages(args: dict[str, Any], result: dict[str, Any]) -> list[Resource]:
    """A package each: those that apt names as new are created, the others were there."""
    given = next((args[key] for key in PACKAGE[1] if args.get(key)), None) or []
    names = [str(n) for n in given] if isinstance(given, list) else str(given).split(",")
    changed = bool(result.get("changed"))
    stdout = str(result.get("stdout", ""))
    # The new packages of a file are what it depends on.
    new = None if args.get("deb") else NEW_PACKAGES.search(stdout)
    known = set(new[1].split()) if new else None

    def action(name: str) -> str:
        if not changed:
            return "unchanged"
        if args.get("state") == "absent":
            return "delete"
        if known is None:
            return "create" if args.get("deb") and ") over (" not in stdout else "update"
        return "create" if name.partition("=")[0] in known else "unchanged"

    return [{"type": "package", "name": n, "action": action(n), "changes": []} for n in names if n]


def observe(
    action: str, task: str, args: dict[str, Any], result: dict[str, Any], label: str = ""
) -> list[Resource]:
    """The resources of one result (of one item, in a loop).

    `action` is the module, `task` the task's name, `args` its templated arguments, `label` the
    item's. A result that no_log hides holds nothing but `changed`: the task's name stands for it.
    """
    module, changed = short(action), bool(result.get("changed"))
    if module.startswith(("include_", "import_")) or module == "meta":
        return []
    if module in LOOKING or module.endswith(("_info", "_facts")):
        named = f"{task} ({label})" if label else task
        step = {"type": "step", "name": named, "action": "update", "changes": []}
        return [step] if changed else []
    # Records, locks and the like of ours are no resources; what an unknown module left alone may be none.
    if module not in TYPES and (action.startswith(OURS) or not changed):
        return []
    # What is absent as it should be is none, and a container that runs a command once and ends is a step of another.
    if (args.get("state") == "absent" and not changed) or args.get("detach") is False:
        return []
    if TYPES.get(module) == PACKAGE:
        return _packages(args, result)
    kind, keys = TYPES.get(module, (module, NAMES))
    name = next((str(args[key]) for key in keys if args.get(key)), "")
    if not name:
        name = f"{task} ({label})" if label else task
    if kind == "file":
        kind = {"directory": "folder", "link": "link"}.get(str(args.get("state")), kind)
    one = {
        "type": kind,
        "name": name,
        "action": action_of(args, result) if changed else "unchanged",
        "changes": changes_of(result.get("diff")) if changed else [],
    }
    if kind == "image" and changed:
        one["action"] = "create"
        one["changes"] = [
            {**change, "after": PLACEHOLDER} if change["after"] == "unknown" else change
            for change in one["changes"]
        ]
    return [one]
