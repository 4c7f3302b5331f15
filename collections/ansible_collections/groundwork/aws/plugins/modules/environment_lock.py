#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Take, verify, release or break an environment's lock."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: environment_lock
short_description: Take, verify, release or break an environment's lock
description:
  - The lock is one item of a DynamoDB table, with holder, lease and a rising epoch, changed by conditional writes only.
  - In a playbook the action plugin of the same name runs this module. It fills in who runs, shows whom it waits for, and
    starts the keeper, which renews the lease while C(ansible-playbook) lives.
  - Written because no collection has a lock with a lease.
version_added: 0.2.0
author: Groundwork contributors
options:
  name:
    description: What is locked, such as V(shop qa). Also the key of the item.
    type: str
    required: true
  table:
    description: Name of the table, with the string key C(LockID); see M(groundwork.aws.lock_table).
    type: str
    required: true
  state:
    description:
      - V(present) takes the lock, V(absent) releases it where this run holds it.
      - V(held) fails unless this run holds it now, by AWS's own clock.
      - V(broken) takes it from whoever holds it and leaves it free.
    type: str
    choices: [present, held, absent, broken]
    default: present
  lease:
    description: For how long the lock is held without a renewal, such as V(90s), V(2m).
    type: str
    default: 2m
  wait:
    description: For how long to wait for another holder, such as V(10m). At V(0s) a held lock is a failure at once.
    type: str
    default: 0s
  run:
    description: The run that takes or holds the lock. The action plugin gives it.
    type: str
  epoch:
    description: The epoch under which the run took the lock. The action plugin gives it.
    type: int
  holder:
    description: Who runs (operation, user, host, pid, ci_url). The action plugin gives it.
    type: dict
    default: {}
  operation:
    description: The verb of the run, for O(holder).
    type: str
  watch:
    description:
      - Where the table does not exist, O(state=present) and O(state=held) succeed without it, and fail once it exists again.
        For taking down what may be gone already, without making a table for that.
    type: bool
    default: false
  reason:
    description: Why the lock is broken; needed by O(state=broken).
    type: str
  bucket:
    description: State bucket in which the run leaves its record at its end. The action plugin notes it for the callback P(groundwork.aws.run#callback).
    type: str
  keeper:
    description: What the keeper is told, which is started where the lock is taken or held. The action plugin gives it.
    type: dict
attributes:
  check_mode:
    description: The lock is read and nothing is written. What would be taken or broken is announced.
    support: full
  diff_mode:
    description: The holder before and after.
    support: full
notes:
  - Credentials come from the environment or a profile, since the keeper gets none from the task.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Take the lock, waiting for another run for ten minutes at most
  groundwork.aws.environment_lock:
    name: shop qa
    table: shop-qa-lock
    operation: deploy
    wait: 10m

- name: Stop unless it is held still
  groundwork.aws.environment_lock:
    name: shop qa
    table: shop-qa-lock
    state: held
"""

RETURN = r"""
lock:
  description: The lock as it is (with O(state=broken) as it was); empty where its table does not exist.
  returned: always
  type: dict
  contains:
    run:
      description: The run that holds it, empty where nobody does.
      type: str
    holder:
      description: Who holds it.
      type: dict
    epoch:
      description: How often it has been taken or broken.
      type: int
    until:
      description: AWS's time at which the lease ends, in seconds since 1970.
      type: float
    deadline:
      description: The same by this machine's own clock, in seconds since its start. After O(state=present).
      type: float
region:
  description: The region of the table.
  returned: always
  type: str
keeper:
  description: The process id of the keeper; 0 where none was started.
  returned: after O(state=present) and O(state=held)
  type: int
msg:
  description: Who holds the lock, since when and until when, or V(free).
  returned: in check mode
  type: str
"""

import time
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils import (
    durations,
    lock_keeper,
    lock_words,
)
from ansible_collections.groundwork.aws.plugins.module_utils.server_clock import ServerClock, ticks

try:
    from ansible_collections.groundwork.aws.plugins.module_utils.lock import (
        Found,
        Lease,
        Lock,
        NotHeld,
        TableMissing,
    )
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

# How often a waiting run looks. The lock is free for at most so long before it is seen.
_LOOK = 2.0


def visible(found: Any) -> dict[str, Any]:
    """A lock as the module returns it."""
    return {
        "run": found.run,
        "holder": found.holder,
        "epoch": found.epoch,
        "until": found.until,
    }


class Task:
    """One run of the module."""

    def __init__(self, module: AnsibleAWSModule) -> None:
        self.module, self.params = module, module.params
        clock = ServerClock()
        self.lock = Lock(
            module.client("dynamodb"), self.params["table"], self.params["name"], clock, ticks
        )

    def seconds(self, option: str) -> float:
        """A duration of the parameters, in seconds."""
        try:
            return durations.seconds(self.params[option])
        except ValueError as error:
            return self.module.fail_json(msg=f"{option}: {error}")

    def run(self) -> None:
        """Do what the state asks for and end the module."""
        try:
            getattr(self, self.params["state"])()
        except TableMissing:
            gone = self.params["state"] == "broken"  # nothing to break
            if gone or (self.params["watch"] and self.params["state"] in ("present", "held")):
                self.module.exit_json(
                    changed=False,
                    lock={},
                    region=self.module.region,
                    keeper=0 if gone else self.keep(),
                )
            self.module.fail_json(
                msg=f"The lock table {self.params['table']} does not exist: nothing is provisioned yet, "
                "or the environment was just destroyed. Make it with site.yml or playbooks/provision.yml.",
                lock={},
                table_missing=True,
            )
        except (ClientError, BotoCoreError) as error:
            self.module.fail_json_aws(error, msg=f"The lock of {self.params['name']}")

    def exit(
        self, changed: bool, before: Any, after: Any, lock: dict[str, Any], keeper: int = 0
    ) -> None:
        """End the module."""
        self.module.exit_json(
            changed=changed,
            diff={"before": {"holder": before}, "after": {"holder": after}},
            lock=lock,
            region=self.module.region,
            keeper=keeper,
        )

    def keep(self, **taken: Any) -> int:
        """Start the keeper, where one is asked for; its process id."""
        told = self.params["keeper"]
        return lock_keeper.start({**told, "region": self.module.region, **taken}) if told else 0

    def present(self) -> None:
        """Take it."""
        lease, wait = self.seconds("lease"), self.seconds("wait")
        holder = {**self.params["holder"]}
        if self.params["operation"]:
            holder["operation"] = self.params["operation"]
        if self.module.check_mode:
            found = self.lock.read()
            self.exit(found.run != self.params["run"], found.holder, holder, visible(found))
        until = ticks() + wait
        while True:
            taken = self.lock.acquire(self.params["run"] or "", holder, lease)
            if isinstance(taken, Lease):
                lock = {
                    "run": taken.run,
                    "holder": holder,
                    "epoch": taken.epoch,
                    "until": taken.until,
                    "deadline": taken.deadline,
                }
                held = {"run": taken.run, "epoch": taken.epoch, "deadline": taken.deadline}
                self.exit(True, {}, holder, lock, self.keep(watch=False, **held))
            left = until - ticks()
            if left <= 0:
                self.refuse(taken)
            time.sleep(min(_LOOK, left))

    def refuse(self, found: Found) -> None:
        """Fail, since another run holds it."""
        self.module.fail_json(
            msg=lock_words.held(self.params["name"], found.holder, found.until), lock=visible(found)
        )

    def held(self) -> None:
        """Fail unless this run holds it."""
        if self.params["watch"] and not self.params["run"]:
            self.unwatched()
        run, epoch = self.params["run"] or "", self.params["epoch"] or 0
        try:
            found = self.lock.verify(run, epoch)
        except NotHeld as error:
            seen = error.found
            ours = (seen.run, seen.epoch) == (run, epoch)
            why = lock_words.why_lost(seen.holder, seen.note, seen.until, ours)
            self.module.fail_json(
                msg=lock_words.lost(self.params["name"], why), lock=visible(seen), why=why
            )
        self.exit(False, found.holder, found.holder, visible(found), self.keep())

    def unwatched(self) -> None:
        """Fail when there is a table now, though this run began without one."""
        if not self.lock.has_table():
            raise TableMissing
        why = "another run has begun, and made its table"
        self.module.fail_json(msg=lock_words.lost(self.params["name"], why), lock={}, why=why)

    def absent(self) -> None:
        """Release it where this run holds it."""
        run, epoch = self.params["run"] or "", self.params["epoch"] or 0
        try:
            found = self.lock.read()
            ours = bool(run) and (found.run, found.epoch) == (run, epoch)
            released = ours and (self.module.check_mode or self.lock.release(run, epoch))
        except TableMissing:  # with its table the lock went too
            found, released = Found(), False
        after = {} if released else found.holder
        self.exit(released, found.holder, after, visible(found))

    def broken(self) -> None:
        """Take it from whoever holds it and leave it free."""
        if self.module.check_mode:
            found = self.lock.read()
        else:
            note = {
                "user": self.params["holder"].get("user", ""),
                "host": self.params["holder"].get("host", ""),
                "reason": self.params["reason"],
            }
            found = self.lock.break_(note)
        self.exit(bool(found.run), found.holder, {}, visible(found))


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "table": {"type": "str", "required": True},
            "state": {
                "type": "str",
                "choices": ["present", "held", "absent", "broken"],
                "default": "present",
            },
            "lease": {"type": "str", "default": "2m"},
            "wait": {"type": "str", "default": "0s"},
            "run": {"type": "str"},
            "epoch": {"type": "int"},
            "holder": {"type": "dict", "default": {}},
            "operation": {"type": "str"},
            "watch": {"type": "bool", "default": False},
            "reason": {"type": "str"},
            "bucket": {"type": "str"},
            "keeper": {"type": "dict"},
        },
        required_if=[
            ("state", "present", ["run"]),
            ("state", "broken", ["reason"]),
        ],
        supports_check_mode=True,
    )
    Task(module).run()


if __name__ == "__main__":
    main()
