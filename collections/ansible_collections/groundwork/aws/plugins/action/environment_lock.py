# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Run the module environment_lock for this run: who runs, whom it waits for, the keeper."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.module_utils import durations, lock_words
from ansible_collections.groundwork.aws.plugins.module_utils.server_clock import ticks
from ansible_collections.groundwork.aws.plugins.plugin_utils import fence, processes, record
from ansible_collections.groundwork.aws.plugins.plugin_utils.holder import holder

_MODULE = "groundwork.aws.environment_lock"
# Gives the lock back at the end of the run, however that ends.
_CALLBACK = "groundwork.aws.run"
# How often a waiting run says whom it waits for, in seconds.
_SAY = 15.0
_NO_CALLBACK = (
    f"The callback {_CALLBACK} is not enabled, so the lock would not be given back. Nothing was changed. "
    "ANSIBLE_CALLBACKS_ENABLED and another ansible.cfg replace the list of this project's ansible.cfg "
    "(callbacks_enabled): add your own to it, or type the command in the project's folder."
)

Result = dict[str, Any]
display = Display()


class ActionModule(ActionBase):
    """The lock of this run."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Take, verify, release or break the lock, as the module documents it."""
        result = super().run(tmp, task_vars)
        del tmp
        self._vars = task_vars or {}
        args = self._task.args
        # A worker is a child of ansible-playbook itself.
        self._parent = os.getppid()
        who = holder(args.get("operation") or "", self._parent, os.environ)
        state = args.get("state", "present")
        if state == "broken":
            done = self._break(who)
        elif self._task.check_mode or state == "absent":
            done = self._module(holder=who, run=self._run_id())
            if self._task.check_mode:
                done.setdefault("msg", self._state_in_words(done.get("lock") or {}))
        elif state == "held":
            done = self._held()
        else:
            done = self._take(who)
        result.update(done)
        return result

    def _module(self, **more: Any) -> Result:
        arguments = {**self._task.args, **{k: v for k, v in more.items() if v is not None}}
        return self._execute_module(
            module_name=_MODULE, module_args=arguments, task_vars=self._vars
        )

    def _state_in_words(self, lock: Result) -> str:
        if not lock.get("run"):
            return "free"
        return lock_words.held(self._task.args["name"], lock["holder"], lock["until"])

    def _run_id(self) -> str:
        taken = fence.files().read("lock")
        return taken["run"] if taken else uuid.uuid4().hex[:12]

    def _take(self, who: Result) -> Result:
        name, run = self._task.args["name"], uuid.uuid4().hex[:12]
        if _CALLBACK not in constants.config.get_config_value("CALLBACKS_ENABLED"):
            return {"failed": True, "msg": _NO_CALLBACK}
        try:
            lease = durations.seconds(self._task.args.get("lease", "2m"))
            wait = durations.seconds(self._task.args.get("wait", "0s"))
        except ValueError as error:
            return {"failed": True, "msg": f"lock_lease or lock_wait: {error} Nothing was changed."}
        if lease < 1:
            return {
                "failed": True,
                "msg": "lock_lease: it must be one second at least, such as 2m.",
            }
        settings = self._settings(lease)
        keeper = self._keeper(settings)
        done = self._module(holder=who, run=run, wait="0s", keeper=keeper)
        begun = ticks()
        while done.get("failed") and done.get("lock", {}).get("run"):
            lock, waited = done["lock"], ticks() - begun
            if waited >= wait:
                done["msg"] = lock_words.refused(
                    name,
                    lock["holder"],
                    lock["until"],
                    self._inventory(),
                    waited=wait and durations.spoken(wait),
                )
                return done
            display.display(
                f"Waiting for the lock ({durations.spoken(waited)} of {durations.spoken(wait)}): "
                + lock_words.held(name, lock["holder"], lock["until"]),
                color="yellow",
            )
            pause = f"{min(_SAY, wait - waited):.3f}s"
            done = self._module(holder=who, run=run, wait=pause, keeper=keeper)
        if not done.get("failed"):
            self._keep(done, settings, who)
        return done

    def _break(self, who: Result) -> Result:
        """Take the lock away; the result has a message, and the record for the history."""
        begun, name = time.time(), self._task.args["name"]
        who = {**who, "operation": "unlock"}
        done = self._module(holder=who)
        if done.get("failed"):
            return done
        was = done["lock"]
        if not was.get("run"):
            there = "Nobody holds it" if was else "It has no table, so nobody ever took it"
            done["msg"] = f"{there}: the lock of {name} is free already. Nothing was changed."
            return done
        told = lock_words.held(name, was["holder"], was["until"])
        would = (
            "It would be taken away" if self._task.check_mode else "It was taken away and is free"
        )
        done["msg"] = f"{told} {would}."
        taken = {"run": uuid.uuid4().hex[:12], "epoch": was["epoch"] + 1, "started": begun}
        facts = {
            "operation": "unlock",
            "reason": str(self._task.args["reason"]),
            "held_by": lock_words.who(was["holder"]),
            "broken_run": was["run"],
        }
        done["record"] = record.record({**taken, "holder": who}, facts, time.time() - begun, "ok")
        done["record_key"] = record.key(begun, taken["run"])
        return done

    def _inventory(self) -> str:
        sources = self._vars.get("ansible_inventory_sources") or ["inventories/qa"]
        return os.path.relpath(sources[0]) if os.path.exists(sources[0]) else sources[0]

    def _settings(self, lease: float) -> Result:
        """What the other processes of this run know of the lock before it is taken."""
        args = self._task.args
        return {
            "name": args["name"],
            "table": args["table"],
            "bucket": args.get("bucket") or "",
            "region": args.get("region") or "",
            "profile": args.get("profile") or "",
            "endpoint_url": args.get("endpoint_url") or "",
            "lease": lease,
            # Without a table (see the module's `watch`) there is nothing to hold but the look at it.
            "watch": True,
            "run": "",
            "epoch": 0,
            "deadline": ticks() + lease,
        }

    def _keeper(self, taken: Result) -> Result:
        """What the keeper is told: a fork of the module, which has imported what it needs."""
        return {
            **taken,
            "program": str(Path(processes.__file__).with_name("keeper.py")),
            "folder": str(fence.files().folder),
            "parent": {"pid": self._parent, "start": processes.started(self._parent)},
        }

    def _keep(self, done: Result, settings: Result, who: Result) -> None:
        """Note what was taken for the other processes of this run, and who keeps it."""
        lock, lease = done["lock"], settings["lease"]
        fence.files().write(
            "lock",
            {
                **settings,
                "region": done.get("region") or settings["region"],
                "watch": not lock,
                "run": lock.get("run", ""),
                "epoch": lock.get("epoch", 0),
                "deadline": lock.get("deadline", settings["deadline"]),
                "started": lock.get("until", time.time() + lease) - lease,
                "holder": who,
            },
        )
        self._note_keeper(done)

    def _note_keeper(self, done: Result) -> None:
        if done.get("keeper"):
            pid = done["keeper"]
            fence.files().write("keeper", {"pid": pid, "start": processes.started(pid)})

    def _held(self) -> Result:
        files = fence.files()
        taken = files.read("lock")
        if taken is None:
            return {
                "failed": True,
                "msg": (
                    f"This run has not taken the lock of {self._task.args['name']}. Its first play takes it: run the "
                    "playbook from its beginning, without --start-at-task."
                ),
            }
        lost = fence.lost_reason(files)
        if lost:
            return {"failed": True, "msg": lost}
        known = files.read("keeper") or {"pid": 0, "start": ""}
        gone = processes.condition(known["pid"], known["start"]) == "gone"
        # Killed by somebody, or by want of memory: another one is started.
        keeper = self._keeper({**taken, "deadline": files.deadline()}) if gone else None
        held = {"run": taken["run"], "epoch": taken["epoch"], "watch": taken["watch"]}
        done = self._module(**held, keeper=keeper)
        self._note_keeper(done)
        if done.get("failed"):
            why = done.get("why") or ("its table was deleted" if done.get("table_missing") else "")
            if why:
                files.lose("table" if done.get("table_missing") else "taken", why)
                done["msg"] = lock_words.lost(taken["name"], why)
        return done
