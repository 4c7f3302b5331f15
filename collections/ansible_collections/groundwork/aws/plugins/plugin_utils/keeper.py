# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The keeper: a small process that renews the lease of a run's lock while that run lives, and releases it at its end.

It is a fork of the module environment_lock (module_utils/lock_keeper.py), for that has imported
botocore; credentials come from the environment, as they do for modules. It ends when ansible-playbook
is gone, without releasing: a run that was killed may have left a step half done, and the lease says
how long others stay away. While ansible-playbook is stopped it does not renew, for the same reason.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

_PLUGINS = Path(__file__).resolve().parents[1]


def _load(place: str, name: str) -> ModuleType:
    # As files and not by package: their package has more meaning than this program's path.
    full = f"groundwork_{name}"
    spec = importlib.util.spec_from_file_location(full, _PLUGINS / place / f"{name}.py")
    assert spec and spec.loader
    module = sys.modules[full] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


server_clock = _load("module_utils", "server_clock")
words = _load("module_utils", "lock_words")
locks = _load("module_utils", "lock")
processes = _load("plugin_utils", "processes")
lock_files = _load("plugin_utils", "lock_files")
farewell = _load("plugin_utils", "farewell")


class Keeper:
    """Renews one lease. `task`: see `keep`."""

    def __init__(self, lock: Any, files: Any, task: dict[str, Any], ticks: Any) -> None:
        self._lock, self._files, self._task, self._ticks = lock, files, task, ticks
        self._lease = float(task["lease"])
        self._deadline = float(task["deadline"])
        self._next = self._deadline - self._lease * 2 / 3
        self._trouble = ""

    def step(self) -> bool:
        """Look at the run and renew where it is time; whether to go on."""
        parent = self._task["parent"]
        condition = processes.condition(parent["pid"], parent["start"])
        if condition == "gone" or not self._files.folder.is_dir():
            return False
        if self._ticks() >= self._deadline:
            stopped = "while ansible-playbook was stopped" if condition == "stopped" else ""
            return self._lost("lease", f"its lease ended {stopped or self._trouble}".rstrip())
        if condition == "stopped" or self._ticks() < self._next:
            return True
        return self._renew()

    def _renew(self) -> bool:
        run, epoch = self._task["run"], self._task["epoch"]
        try:
            lease = (
                self._watch() if self._task["watch"] else self._lock.renew(run, epoch, self._lease)
            )
            if lease is None:
                return self._lost("taken", "another run has begun, and made its table")
        except locks.TableMissing:
            return self._lost("table", "its table was deleted")
        except locks.NotHeld as error:
            found = error.found
            why = words.why_lost(found.holder, found.note, found.until, found.run == run)
            return self._lost("taken", why)
        except Exception as error:  # whatever stands between us and AWS: try again until the end
            self._trouble = f"and could not be renewed: {type(error).__name__}: {error}"
            self._next = self._ticks() + self._lease / 12 * random.uniform(0.5, 1.5)
            return True
        # A renewal that was held up past the lease's end does not bring it back.
        if self._ticks() >= self._deadline:
            return self._lost("lease", "its lease ended before its renewal was answered")
        self._deadline, self._trouble = lease.deadline, ""
        self._next = self._ticks() + (1 if self._task["watch"] else self._lease / 3)
        self._files.write("lease", {"run": run, "deadline": lease.deadline, "until": lease.until})
        return True

    def _watch(self) -> Any:
        """Without a table there is nothing to hold: what was seen is good for the lease's time."""
        deadline = self._ticks() + self._lease
        return None if self._lock.has_table() else locks.Lease("", 0, 0.0, deadline)

    def _lost(self, kind: str, why: str) -> bool:
        self._files.lose(kind, why)
        return False


class Client:
    """A client of DynamoDB, made when it is first asked: most runs are over before."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._task = task
        self._made: Any = None

    def __getattr__(self, operation: str) -> Any:
        if self._made is None:
            self._made = client(self._task)
        return getattr(self._made, operation)


def client(task: dict[str, Any]) -> Any:
    """A DynamoDB client that gives up well before the lease ends."""
    import botocore.session
    from botocore.config import Config

    patience = max(1.0, min(10.0, float(task["lease"]) / 6))
    return botocore.session.Session(profile=task.get("profile") or None).create_client(
        "dynamodb",
        region_name=task.get("region") or None,
        endpoint_url=task.get("endpoint_url") or None,
        config=Config(
            connect_timeout=patience,
            read_timeout=patience,
            retries={"max_attempts": 2, "mode": "standard"},
        ),
    )


def rest(files: Any, seconds: float) -> dict[str, Any] | None:
    """Wait so long; what the run says at its end, as soon as it says it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        said = files.read("ending")
        if said:
            return said
        time.sleep(0.02)
    return None


def prepared(task: dict[str, Any]) -> Any:
    """The farewell, with clients; None where they cannot be made: then the run says it itself, and what is wrong."""
    try:
        last = farewell.Farewell(task, locks, server_clock)
        last.prepare()
    except Exception:
        return None
    return last


def keep(task: dict[str, Any]) -> None:
    """Keep the lease until the run is over.

    `task`: what the file `lock` says (name, table, bucket, region, profile, endpoint_url, run,
    epoch, watch, lease in seconds, deadline in ticks and more), folder, parent {pid, start}.
    """
    clock = server_clock.ServerClock()
    lock = locks.Lock(Client(task), task["table"], task["name"], clock, server_clock.ticks)
    files = lock_files.LockFiles(Path(task["folder"]))
    keeper = Keeper(lock, files, task, server_clock.ticks)
    pause = min(1.0, float(task["lease"]) / 12)
    try:
        last = prepared(task)
        while keeper.step():
            said = rest(files, pause)
            if said:
                if last:
                    files.write("ended", last.say(**said))
                return
    except FileNotFoundError:
        pass  # Ansible cleared its folder away: the run is over
