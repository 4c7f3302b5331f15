"""What a plan cannot know yet, in arguments: found, announced in a plan, refused in a real run."""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "(known after apply)"


def mentions_placeholder(value: Any) -> bool:
    """Whether the placeholder stands anywhere in `value` (nested dicts, lists and strings)."""
    if isinstance(value, dict):
        return any(mentions_placeholder(item) for item in [*value.keys(), *value.values()])
    if isinstance(value, list | tuple):
        return any(mentions_placeholder(item) for item in value)
    return isinstance(value, str) and PLACEHOLDER in value


def announcement(action: str) -> dict[str, Any]:
    """The result of a planned task that cannot run because its arguments are not known yet.

    A question (`..._info`) about what does not exist yet changes nothing, and has no answer.
    """
    asks = action.endswith("_info")
    return {"changed": not asks, "msg": f"announced: its arguments are {PLACEHOLDER}"}


def refusal(action: str) -> dict[str, Any]:
    """The result of the task `action` that met a placeholder in a real run."""
    return {
        "failed": True,
        "msg": (
            f"{action}: an argument is still «{PLACEHOLDER}» in a real run: "
            "another component has not published what this one needs. Run the whole "
            "environment once (without --limit), or the component it needs first."
        ),
    }
