# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The small base of every Groundwork module: describe, compare, create or update or delete, diff, wait.

A module subclasses `Resource`, says how its resource is described and changed, and gets check mode,
diff, idempotence, tags and the return values in one and the same way.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

COMMON_ARGUMENTS: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
}

# Seconds for which another service may not know yet what was just made, and between two attempts.
PATIENCE = 60
PAUSE = 3


def error_code(error: Exception) -> str:
    """The AWS error code of a ClientError, or an empty string."""
    return getattr(error, "response", {}).get("Error", {}).get("Code", "")


def canonical_json(document: Any) -> Any:
    """A policy document (dict, JSON text or None) as plain data, for comparison."""
    if document in (None, "", {}):
        return None
    return json.loads(document) if isinstance(document, str) else document


def patiently(call: Callable[[], Any], is_early: Callable[[Exception], bool]) -> Any:
    """The answer of `call`, made again for a minute while its refusal `is_early`: another service needs some seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return call()
        except ClientError as error:
            if not is_early(error) or time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)


class Resource(ABC):
    """One AWS resource and how a module keeps it as asked.

    `describe` and `desired` speak the same language: a flat dict of property name to plain data.
    Only the properties in `desired` are compared, so leaving one out leaves it alone.
    """

    service: str
    #: properties that AWS cannot change after creation
    immutable: tuple[str, ...] = ()
    #: what to do where one of these is to change
    immutable_advice = "Put the old value back, or delete the resource first."

    def __init__(self, module: AnsibleAWSModule) -> None:
        self.module = module
        self.params = module.params
        self.client = module.client(
            self.service, retry_decorator=AWSRetry.jittered_backoff(retries=8)
        )

    @abstractmethod
    def describe(self) -> dict[str, Any] | None:
        """The resource's properties as they are, `tags` among them, or None where there is none."""

    @abstractmethod
    def desired(self) -> dict[str, Any]:
        """The properties that the module was asked for, without `tags`."""

    @abstractmethod
    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        """Create the resource."""

    @abstractmethod
    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        """Bring the properties in `changes` to the values given there."""

    @abstractmethod
    def delete(self, current: dict[str, Any]) -> None:
        """Delete the resource."""

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        """Add and remove tags of the existing resource `current`."""
        raise NotImplementedError(f"{type(self).__name__} has no tags")

    def wait(self, present: bool) -> None:
        """Wait until the resource is usable (`present`) or gone. Nothing to wait for by default."""
        return

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        """What the module returns besides `changed` and `diff`."""
        return current or {}

    def run(self) -> None:
        """Do what `state` asks for and end the module."""
        try:
            self._run()
        except (ClientError, BotoCoreError) as error:
            self.module.fail_json_aws(
                error, msg=f"{self.module._name}: {self.params.get('name') or ''}".rstrip(": ")
            )

    def _run(self) -> None:
        current = self.describe()
        if self.params["state"] == "absent":
            self._absent(current)
        elif current is None:
            self._create()
        else:
            self._update(current)

    def _absent(self, current: dict[str, Any] | None) -> None:
        if current is None:
            self._exit(False, {}, {}, None)
        if not self.module.check_mode:
            self.delete(current)
            if self.params.get("wait", True):
                self.wait(present=False)
        self._exit(True, self._visible(current), {}, None)

    def _create(self) -> None:
        properties, tags = self.desired(), self.params.get("tags") or {}
        if self.module.check_mode:
            self._exit(True, {}, {**properties, "tags": tags}, None)
        self.create(properties, tags)
        if self.params.get("wait", True):
            self.wait(present=True)
        self._exit(True, {}, {**properties, "tags": tags}, self.describe())

    def _update(self, current: dict[str, Any]) -> None:
        properties = self.desired()
        changes = {key: value for key, value in properties.items() if current.get(key) != value}
        fixed = [key for key in changes if key in self.immutable]
        if fixed:
            self.module.fail_json(
                msg=f"AWS cannot change {', '.join(fixed)} of an existing {self.module._name.split('.')[-1]}: "
                + "; ".join(
                    f"{key} is {current.get(key)!r}, asked for {changes[key]!r}" for key in fixed
                )
                + f". {self.immutable_advice}"
            )
        add, remove = self._tag_changes(current)
        changed = bool(changes or add or remove)
        before = {key: current.get(key) for key in changes}
        after = dict(changes)
        if add or remove:
            before["tags"] = current.get("tags", {})
            after["tags"] = {k: v for k, v in {**before["tags"], **add}.items() if k not in remove}
        if changed and not self.module.check_mode:
            if changes:
                self.update(changes, current)
            if add or remove:
                self.set_tags(current, add, remove)
            if changes and self.params.get("wait", True):
                self.wait(present=True)
            current = self.describe() or current
        elif self.params.get("wait", False) and not self.module.check_mode:
            self.wait(present=True)
            current = self.describe() or current
        self._exit(changed, before, after, current)

    def _tag_changes(self, current: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
        if self.params.get("tags") is None:
            return {}, []
        return compare_aws_tags(
            current.get("tags", {}), self.params["tags"], self.params["purge_tags"]
        )

    def _visible(self, current: dict[str, Any]) -> dict[str, Any]:
        return {key: current.get(key) for key in [*self.desired(), "tags"] if key in current}

    def _exit(self, changed: bool, before: Any, after: Any, current: dict[str, Any] | None) -> None:
        self.module.exit_json(
            changed=changed, diff={"before": before, "after": after}, **self.result(current)
        )

    def wait_until(self, done: Callable[[], bool], what: str) -> None:
        """Poll `done` every few seconds until it is true, at most `wait_timeout` seconds."""
        deadline = time.monotonic() + self.params.get("wait_timeout", 600)
        pause = 0.2
        while not done():
            if time.monotonic() > deadline:
                self.module.fail_json(
                    msg=f"{what} did not happen within {self.params.get('wait_timeout', 600)} seconds. "
                    "Run again to go on waiting, or raise wait_timeout."
                )
            time.sleep(pause)
            pause = min(pause * 2, 10)
