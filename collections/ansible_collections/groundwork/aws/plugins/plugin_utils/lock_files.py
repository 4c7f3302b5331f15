# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What the processes of one run tell each other about its lock, in a private folder.

Each file has one writer, so nobody overwrites what another one says:

- `wanted`: the run must take the lock (the callback, at the start)
- `lock`: what was taken (the action plugin)
- `lease`: until when it is held, by this machine's clock (the keeper, after each renewal)
- `ending`: the run's record, at its end (the callback); `ended`: what became of it, and of the release (the keeper)
- `lost`: the lock is lost for good, and why (whoever sees it first)

Imports nothing of Ansible: the keeper, a plain program, uses it too.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any


class LockFiles:
    """The files in `folder`, which is made with the first one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> dict[str, Any] | None:
        """What the file `name` says; None where there is none."""
        try:
            return json.loads((self.folder / f"{name}.json").read_text())
        except FileNotFoundError:
            return None

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Write the file `name` at once as a whole. Raises OSError where the folder's own is gone."""
        self._make()
        draft = self.folder / f"{name}.{os.getpid()}"
        draft.write_text(json.dumps(content))
        draft.replace(self.folder / f"{name}.json")

    def lose(self, kind: str, why: str) -> dict[str, Any]:
        """Say that the lock is lost, unless that was said before; what is said then.

        `kind` is V(lease), V(taken) or V(table).
        """
        self._make()
        draft = self.folder / f"lost.{os.getpid()}"
        draft.write_text(json.dumps({"kind": kind, "why": why}))
        with suppress(FileExistsError):
            (self.folder / "lost.json").hardlink_to(draft)
        draft.unlink()
        return self.read("lost") or {"kind": kind, "why": why}

    def deadline(self) -> float | None:
        """Until when the lock is held, in `ticks()` of this machine; None where it was not taken."""
        taken, lease = self.read("lock"), self.read("lease")
        if taken is None:
            return None
        same = lease is not None and lease["run"] == taken["run"]
        return lease["deadline"] if lease and same else taken["deadline"]

    def _make(self) -> None:
        # Not its parents: when Ansible has cleared them away, the run is over.
        self.folder.mkdir(mode=0o700, exist_ok=True)
