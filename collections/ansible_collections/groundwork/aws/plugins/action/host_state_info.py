# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Asks a host once for the state of files and units, and tells what is not as it is to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible_collections.groundwork.aws.plugins.plugin_utils.host_state import (
    State,
    name_of,
    names,
    questions,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.reported import attach

FILES = {
    "path": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["file", "directory", "absent"], "default": "file"},
    "content": {"type": "str"},
    "template": {"type": "str"},
    "source": {"type": "str"},
    "mode": {"type": "str"},
    "others": {"type": "bool", "default": False},
}
UNITS = {
    "name": {"type": "str", "required": True},
    "active": {"type": "bool"},
    "enabled": {"type": "bool"},
    "reads": {"type": "list", "elements": "str", "default": []},
}
OPTIONS = {
    "files": {"type": "list", "elements": "dict", "options": FILES, "default": []},
    "units": {"type": "list", "elements": "dict", "options": UNITS, "default": []},
    "commands": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """Looks at a host; see the module's documentation."""

    _supports_check_mode = True
    TRANSFERS_FILES = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Render the files, ask once, compare."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validation, given = self.validate_argument_spec(OPTIONS)
        files = [{**one, "content": self._content(one, variables)} for one in given["files"]]
        units = given["units"]
        told = self._execute_module(
            module_name="groundwork.aws.commands_info",
            module_args={"commands": {**questions(files, units), **given["commands"]}},
            task_vars=variables,
        )
        if told.get("failed") or told.get("unreachable"):
            return {**result, **told}
        state = State.told(told["results"])
        wanted = [*files, *units]
        unlike = [one for one in wanted if not state.like(one)]
        # What is absent as it should be is no resource.
        like = [one for one in wanted if one not in unlike and one.get("state") != "absent"]
        attach(self._task, [_resource(one) for one in like])
        return {
            **result,
            "changed": False,
            "unlike": names(unlike),
            "stale": names(one for one in units if state.stale(one)),
            "results": {name: told["results"][name] for name in given["commands"]},
        }

    def _content(self, file: dict[str, Any], variables: dict[str, Any]) -> str | None:
        if file["template"]:
            lookup = lookup_loader.get(
                "groundwork.aws.template", loader=self._loader, templar=self._templar
            )
            return str(lookup.run([file["template"]], variables=variables)[0])
        if file["source"]:
            return Path(self._find_needle("files", file["source"])).read_text()
        return file["content"]


def _resource(wanted: dict[str, Any]) -> dict[str, Any]:
    kind = "file" if "path" in wanted else "service"
    return {"type": kind, "name": name_of(wanted), "action": "unchanged", "changes": []}
