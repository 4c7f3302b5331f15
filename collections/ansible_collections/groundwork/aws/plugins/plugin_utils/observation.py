"""What a task does to its resources: looked at before the module runs, told after it ran.

A plan changes nothing, so it looks afterwards, and only where the module announced a change, or is
known to be silent about some. A real run must look before, except where the module itself returns
before and after. To look is to read through the API; a look that fails never fails the task, it
only tells less (-vvv says why).
"""

from __future__ import annotations

import re
from typing import Any

from ansible.utils.display import Display
from ansible.utils.vars import transform_to_native_types
from ansible_collections.groundwork.aws.plugins.plugin_utils.changes import (
    UNSEEN,
    differences,
    told,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    PLACEHOLDER,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import Resource, attach
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Arguments, Found
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.registry import kind_of
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import recording

GONE = ("absent", "terminated", "deleted")
# InvalidVpcID.NotFound, DBInstanceNotFound, NoSuchEntity, ResourceNotFoundException ...
MISSING = re.compile(r"NotFound|^NoSuch(Entity|Bucket|Key|HostedZone)")
# Said of the caller, not of the resource.
NOT_FOR_US = ("UserNotFound", "AccountNotFound")
display = Display()


class Unseen(Exception):
    """The resource could not be looked at."""


def is_missing(error: Exception) -> bool:
    """Whether AWS said that there is no such resource."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
    return bool(MISSING.search(code)) and not code.startswith(NOT_FOR_US)


class Observation:
    """One task (one item of a loop) and the resources that it concerns."""

    def __init__(self, task: Any, clients: Any) -> None:
        """`clients` makes clients as the module would; None where the module runs elsewhere."""
        self.task = task
        self.clients = clients
        self.kind = kind_of(task.resolved_action or task.action)
        self.looks: list[Found | None | Unseen] = []
        self.parts: list[Arguments] = []
        if self.kind:
            self.args: Arguments = transform_to_native_types(dict(task.args))
            self.parts = self.kind.each(self.args)

    def before(self) -> None:
        """Look at the resources where only a look before the module runs can tell."""
        if self.kind and not self.task.check_mode and not self.kind.own_diff:
            self._look()

    def plans_unknown(self) -> bool:
        """Whether this is a plan, and the module makes it of arguments that are not known yet."""
        return bool(self.kind and self.kind.plans_unknown and self.task.check_mode)

    def arguments(self) -> Arguments:
        """The task's arguments, without those that its module would act upon in a plan."""
        if not self.kind or not self.task.check_mode:
            return self.task.args
        return {k: v for k, v in self.task.args.items() if k not in self.kind.withheld}

    def after(self, result: dict[str, Any]) -> None:
        """Attach to the task what its `result` means for its resources.

        In a plan, `result` is changed where the module is silent about what it would change.
        """
        if not self.kind or result.get("failed") or result.get("skipped"):
            return
        if self.task.check_mode and not result.get("changed") and self._is_silent():
            result["changed"] = True
        try:
            attach(self.task, self._resources(result))
        except Exception as error:  # what is shown must not break what is done
            display.vvv(f"{self.task.action}: its resource is not shown: {error!r}")

    def _is_silent(self) -> bool:
        if not self.kind.unplanned:
            return False
        self._look()
        return any(
            change["property"].startswith(self.kind.unplanned)
            for part, look in zip(self.parts, self.looks, strict=True)
            if isinstance(look, Found)
            for change in differences(self.kind, part, look, True)
        )

    def _look(self) -> None:
        self.looks = [self._look_at(part) for part in self.parts]

    def _look_at(self, args: Arguments) -> Found | None | Unseen:
        if self.clients is None:
            return Unseen("the module runs on another machine")
        try:
            with self.clients, recording.aside(calls=self.task.check_mode):
                return self.kind.describe(self.clients, args)
        except Exception as error:  # a look that fails must not fail the task
            if is_missing(error):
                return None
            display.vvv(f"{self.task.action}: the resource could not be looked at: {error!r}")
            return Unseen(repr(error))

    def _resources(self, result: dict[str, Any]) -> list[Resource]:
        changed = bool(result.get("changed"))
        diff = result.get("diff")
        if self.kind.own_diff and isinstance(diff, dict) and "before" in diff:
            return [self._told(diff, changed)]
        if self.kind.own_diff and isinstance(diff, list):
            return self._told_each(diff)
        if changed and not self.looks:
            self._look()
        looks = self.looks or [Unseen("nothing changed") for _ in self.parts]
        found = [self._found(*pair, result) for pair in zip(self.parts, looks, strict=True)]
        return [item for item in found if item]

    def _told(self, diff: dict[str, Any], changed: bool) -> Resource:
        name = self.kind.name(self.args)
        if not changed:
            return self._resource(self.args, name, "unchanged", [])
        action = "create" if not diff["before"] else "update" if diff["after"] else "delete"
        changes = [] if action == "delete" else told(self.kind, diff, self._hidden())
        return self._resource(self.args, name, action, changes)

    def _told_each(self, diffs: list[dict[str, Any]]) -> list[Resource]:
        """What a module of several resources told: a diff of each that changes, headed by its name."""
        told_of = [
            {**self._told(diff, True), "type": diff["type"], "name": diff["after_header"]}
            for diff in diffs
        ]
        names = {one["name"] for one in told_of}
        same = [part for part in self.parts if self.kind.name(part) not in names]
        return told_of + [
            self._resource(part, self.kind.name(part), "unchanged", []) for part in same
        ]

    def _found(
        self, args: Arguments, look: Found | None | Unseen, result: dict[str, Any]
    ) -> Resource | None:
        seen = look if isinstance(look, Found) else None
        name = (seen.name if seen else None) or self.kind.name(args) or name_in(result)
        if not result.get("changed"):
            return self._resource(args, name, "unchanged", [])
        if args.get("state") in GONE:
            if look is None and len(self.parts) > 1:
                return None  # one of several that was gone already
            return self._resource(args, name, "delete", [])
        if isinstance(look, Unseen):
            # As good a guess as any: what cannot be looked at is mostly not there yet.
            return self._resource(args, name, "create", [])
        changes = differences(self.kind, args, seen, self._hidden())
        if look is None:
            return self._resource(args, name, "create", changes)
        return self._resource(args, name, "update", changes or [dict(UNSEEN)])

    def _hidden(self) -> bool:
        return bool(self.task.no_log)

    def _resource(
        self, args: Arguments, name: str | None, action: str, changes: list[dict[str, Any]]
    ) -> Resource:
        return {
            "type": self.kind.type_of(args),
            "name": name or PLACEHOLDER,
            "action": action,
            "changes": changes,
        }


def name_in(result: dict[str, Any]) -> str | None:
    """The tag Name that the module returned with its resource, if it did."""
    tags = result.get("tags")
    return tags.get("Name") if isinstance(tags, dict) else None
