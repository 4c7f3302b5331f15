# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""A plan as text that somebody may have edited: read, or refused with one clear message."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import FORMAT


class NotAPlan(ValueError):
    """A file that is no plan, or one of another format: the message says what and what to do."""


def parse(text: str, source: str) -> dict[str, Any]:
    """The plan that stands in `text`; `source` names it in messages. Raises NotAPlan."""
    again = "Make one with --check -e plan_file=PATH."
    try:
        plan = json.loads(text)
    except ValueError:
        raise NotAPlan(f"{source} is not a plan: it holds no JSON. {again}") from None
    if not isinstance(plan, dict) or not {"version", "components", "totals"} <= plan.keys():
        raise NotAPlan(f"{source} is not a plan: it has no version, components and totals. {again}")
    if plan["version"] != FORMAT:
        raise NotAPlan(
            f"{source} is a plan of format {plan['version']}, this Groundwork reads format {FORMAT}. "
            f"{again}"
        )
    if not _is_whole(plan):
        raise NotAPlan(
            f"{source} is a damaged plan: a part of it is missing or is another. {again}"
        )
    return plan


def _is_whole(plan: dict[str, Any]) -> bool:
    """Whether a plan has what is read of it later: someone may have edited it."""
    try:
        resources = [
            resource
            for part in ("components", "hosts")
            for held in plan[part].values()
            for action in ("create", "update", "delete")
            for resource in held[action]
        ]
        changes = [change for resource in resources for change in resource["changes"]]
        texts = [r[key] for r in resources for key in ("type", "name", "action")]
        texts += [change["property"] for change in changes]
    except (AttributeError, KeyError, TypeError):
        return False
    return "finished" in plan and all(isinstance(text, str) for text in texts)
