"""How a task's resources reach the callbacks, and nobody else.

They travel in the variables of the worker's copy of the task. Ansible sends that copy to the
callbacks with every result, one for each item of a loop. A key of the result would not do: it
would end in registered variables, and `no_log` would take it away.
"""

from __future__ import annotations

from typing import Any

KEY = "_groundwork_resources"

Resource = dict[str, Any]


def attach(task: Any, resources: list[Resource]) -> None:
    """Give `task` (an item's own copy in a loop) the resources that it concerned."""
    # A new dict: an item's task shares the old one with the other items.
    task.vars = {**task.vars, KEY: resources}


def resources_of(result: Any) -> list[Resource]:
    """The resources that a callback's `result` concerns, in the shape of docs/plan.md.

    Most tasks concern one; a list of instances is several; what manages nothing concerns none.
    A looped task reports by its items (v2_runner_item_on_ok); its sum (v2_runner_on_ok) has none.
    A result that `changed_when` calls unchanged is unchanged.
    """
    resources = (getattr(result.task, "vars", None) or {}).get(KEY, [])
    if result.is_changed():
        return resources
    return [{**item, "action": "unchanged", "changes": []} for item in resources]
