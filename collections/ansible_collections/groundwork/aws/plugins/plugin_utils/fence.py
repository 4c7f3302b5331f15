# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The fence before every step: who lost the lock does not take another one.

`refusal()` looks at files of this run only and costs no request. The lock itself is asked before
each tier, each host's switch and each migration (docs/lock.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible import constants
from ansible_collections.groundwork.aws.plugins.module_utils.lock_words import lost
from ansible_collections.groundwork.aws.plugins.module_utils.server_clock import ticks
from ansible_collections.groundwork.aws.plugins.plugin_utils.lock_files import LockFiles

_AWS = ("amazon.aws.", "community.aws.", "groundwork.aws.")
# What must run before the lock is there to be taken.
_BEFORE = {"groundwork.aws.lock_table", "groundwork.aws.environment_lock"}


def files() -> LockFiles:
    """The files of this run, in the folder that Ansible makes and deletes for each run."""
    return LockFiles(Path(constants.DEFAULT_LOCAL_TMP) / "lock")


def lost_reason(known: LockFiles) -> str | None:
    """Why the lock that was taken is no longer held; None where it is, or was not taken."""
    taken, deadline = known.read("lock"), known.deadline()
    said = known.read("lost")
    if taken is None or deadline is None:
        return None
    if said is None and ticks() >= deadline:
        said = known.lose("lease", "its lease ended before it could be renewed")
    return lost(taken["name"], said["why"]) if said else None


def refusal(task: Any) -> dict[str, Any] | None:
    """The result of a task that may not run, since its run lost the lock or never took it; else None.

    It concerns modules that may change something in AWS, in a real run.
    """
    module = str(task.action)
    if task.check_mode or not module.startswith(_AWS) or module.endswith("_info"):
        return None
    known = files()
    if known.read("lock") is not None:
        reason = lost_reason(known)
    elif known.read("wanted") is not None and module not in _BEFORE:
        reason = (
            f"This run has not taken the environment's lock, so {module} may not change anything. "
            "Its first play takes it: run the playbook from its beginning (without --start-at-task), "
            "with a --limit that names components or hosts."
        )
    else:
        return None
    return {"failed": True, "msg": reason} if reason else None
