# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a run says about an environment's lock. Imports nothing of Ansible: the keeper uses it too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Holder = dict[str, Any]


def moment(seconds: float) -> str:
    """A time in seconds since 1970 as people read it: 2026-11-21 05:10:34 UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def who(holder: Holder) -> str:
    """Who holds a lock: operation, user, host, process id, address of the CI run."""
    if not holder:
        return "an unnamed run"
    ci = f", {holder['ci_url']}" if holder.get("ci_url") else ""
    return (
        f"{holder.get('operation') or 'a run'} of {holder.get('user', '?')} on "
        f"{holder.get('host', '?')} (process {holder.get('pid', '?')}{ci})"
    )


def since(holder: Holder) -> str:
    """Since when a run holds a lock."""
    return moment(holder["started"]) if holder.get("started") else "an unknown time"


def held(name: str, holder: Holder, until: float) -> str:
    """One sentence: who holds the lock of `name`, since when, until when."""
    return (
        f"{name} is locked by {who(holder)} since {since(holder)}, until {moment(until)} "
        "(renewed while that run lives)."
    )


def refused(name: str, holder: Holder, until: float, inventory: str, waited: str) -> str:
    """Why a run does not begin, and what to type next. `waited`: for how long it did, or empty."""
    begun = f"Waited {waited}, in vain. " if waited else ""
    return (
        f"{begun}{held(name, holder, until)} Nothing was changed. To wait for it, add "
        f"-e lock_wait={'30m' if waited else '10m'} to the command. A run that was killed frees it by itself at that time. To take "
        f"it from a run that must not go on: ansible-playbook playbooks/unlock.yml -i {inventory} -e reason='...'"
    )


def lost(name: str, why: str) -> str:
    """Why a run does not take another step."""
    return (
        f"This run no longer holds the lock of {name}: {why}. It takes no further step. What it did before "
        "stands. Look at it with --check, then run the same command again."
    )


def why_lost(holder: Holder, note: Holder, until: float, ours: bool) -> str:
    """How a lock was lost: `ours` says whether it still names this run."""
    if ours:
        return f"its lease ended at {moment(until)}, since it could not be renewed in time"
    if holder:
        return f"it is held by {who(holder)} since {since(holder)}"
    if note:
        return f"{note.get('user', '?')} on {note.get('host', '?')} took it away: «{note.get('reason', '')}»"
    return "its lease ended, and another run has had it since"
