"""Operators' policies (docs/iam) against the calls that playbooks make."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.policies import simulate, store

PLANS = {"drift", "history", "outputs", "preflight", "releases", "status"}


def operation_of(playbook: str, arguments: tuple[str, ...]) -> str:
    """Whose policies a run of a playbook is judged by."""
    if "--check" in arguments or playbook in PLANS:
        return "plan"
    return {"unlock": "destroy"}.get(playbook, playbook)


def place_of(env: str) -> dict[str, str]:
    """An environment's values for the placeholders of policies."""
    name = Path(env).name
    return {
        "project": "milky-way-admin-panel",
        "environment": name,
        "prefix": f"milky-way-admin-panel-{name}",
        "region": "us-east-1",
        "account": "123456789012",
    }


def lacking(account, env: str, besides: tuple[str, ...] = ()) -> str:
    """What the policies lack of all calls that an account's playbooks made, and what to type.

    `besides`: further operations whose policies the operator has.
    """
    place, found = place_of(env), []
    for operation in store.INCLUDES:
        calls = [
            call
            for playbook, played, arguments, run in account.played
            if played == env and operation_of(playbook, arguments) == operation
            for call in run.calls
        ]
        policies = [one for name in (operation, *besides) for one in store.kept(name)]
        refused = simulate.refused(calls, policies, place)
        if refused:
            recording = account.folder / f"{operation}.jsonl"
            recording.write_text("".join(json.dumps(call) + "\n" for call in calls))
            found += [f"{operation} lacks {one}" for one in refused]
            found.append(f"Add it: scripts/iam-policies --add {operation} {recording}")
    return "\n".join(found)
