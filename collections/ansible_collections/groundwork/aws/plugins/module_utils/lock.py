# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""An environment's lock: one DynamoDB item, changed by conditional writes only.

The item stays when the lock is free, so that its epoch rises for ever. Times are AWS's. This file
imports nothing of Ansible: the keeper, a plain program, uses it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

KEY = "LockID"


class TableMissing(Exception):
    """The table of the lock does not exist."""


class NotHeld(Exception):
    """A run does not hold the lock that it says it holds; `found` is the lock as it is."""

    def __init__(self, found: Found) -> None:
        super().__init__("the lock is not held by this run")
        self.found = found


@dataclass(frozen=True)
class Found:
    """The lock as it was read.

    `run` is empty where nobody holds it. `holder` says who does (user, host, pid, operation,
    ci_url, started), `note` what the last unlocking left. `until` is AWS's time in seconds, and
    `ended` whether that has surely come.
    """

    epoch: int = 0
    run: str = ""
    until: float = 0.0
    ended: bool = True
    holder: dict[str, Any] = field(default_factory=dict)
    note: dict[str, Any] = field(default_factory=dict)

    @property
    def free(self) -> bool:
        """Whether another run may take it."""
        return not self.run or self.ended


@dataclass(frozen=True)
class Lease:
    """A lock that is held: its epoch, AWS's time at which it ends, this machine's (`ticks`)."""

    run: str
    epoch: int
    until: float
    deadline: float


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


class Lock:
    """The lock `key` in `table`. `clock` is a ServerClock, `ticks` its machine's clock."""

    def __init__(self, client: Any, table: str, key: str, clock: Any, ticks: Callable) -> None:
        self._client, self._table, self._key = client, table, key
        self._clock, self._ticks = clock, ticks

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        sent = self._ticks()
        try:
            answer = getattr(self._client, operation)(TableName=self._table, **arguments)
        except ClientError as error:
            self._learn(sent, error.response)
            if _code(error) == "ResourceNotFoundException":
                raise TableMissing(self._table) from error
            raise
        self._learn(sent, answer)
        return answer

    def _learn(self, sent: float, answer: dict[str, Any]) -> None:
        meta = answer.get("ResponseMetadata", {})
        # Between tries a request waits: then the answer's request was sent later than `sent`.
        # That only widens the interval.
        self._clock.observe(sent, self._ticks(), meta.get("HTTPHeaders", {}).get("date"))

    def has_table(self) -> bool:
        """Whether there is a table, be it one that is just being made."""
        try:
            table = self._call("describe_table")["Table"]
        except TableMissing:
            return False
        return table["TableStatus"] != "DELETING"

    def read(self) -> Found:
        """The lock as it is now. Raises TableMissing."""
        answer = self._call("get_item", Key={KEY: {"S": self._key}}, ConsistentRead=True)
        item = answer.get("Item")
        if not item:
            return Found()
        until = int(item["lease_until"]["N"]) / 1000
        return Found(
            epoch=int(item["epoch"]["N"]),
            run=item.get("run", {}).get("S", ""),
            until=until,
            ended=self._clock.low() >= until,
            holder=json.loads(item.get("holder", {}).get("S", "{}")),
            note=json.loads(item.get("note", {}).get("S", "{}")),
        )

    def _put(self, found: Found, **attributes: dict[str, str]) -> bool:
        """Write the item anew unless it is no longer as `found`. False: somebody was faster."""
        if found.epoch:
            condition = {
                "ConditionExpression": "epoch = :epoch AND lease_until = :until",
                "ExpressionAttributeValues": {
                    ":epoch": {"N": str(found.epoch)},
                    ":until": {"N": str(round(found.until * 1000))},
                },
            }
        else:
            condition = {"ConditionExpression": f"attribute_not_exists({KEY})"}
        try:
            self._call("put_item", Item={KEY: {"S": self._key}, **attributes}, **condition)
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _end(self, lease: float) -> tuple[float, float]:
        # Others count from the earliest that it can be, so the lease counts from the latest; the
        # holder's own deadline counts from before the request.
        if not self._clock.told:
            self.read()
        deadline = self._ticks() + lease
        return round(self._clock.high() + lease, 3), deadline

    def acquire(self, run: str, holder: dict[str, Any], lease: float) -> Lease | Found:
        """Take the lock for `run`, for `lease` seconds; else the lock as another run holds it.

        `holder` gets `started`, AWS's time. Raises TableMissing.
        """
        while True:
            found = self.read()
            if found.run == run:  # an answer was lost on its way, the write was not
                return Lease(
                    run, found.epoch, found.until, self._ticks() + found.until - self._clock.high()
                )
            if not found.free:
                return found
            until, deadline = self._end(lease)
            epoch = found.epoch + 1
            if self._put(
                found,
                run={"S": run},
                epoch={"N": str(epoch)},
                holder={"S": json.dumps({**holder, "started": round(self._clock.low())})},
                lease_until={"N": str(round(until * 1000))},
            ):
                return Lease(run, epoch, until, deadline)

    def renew(self, run: str, epoch: int, lease: float) -> Lease:
        """Hold the lock for `lease` seconds from now. Raises NotHeld, TableMissing."""
        until, deadline = self._end(lease)
        try:
            self._call(
                "update_item",
                Key={KEY: {"S": self._key}},
                UpdateExpression="SET lease_until = :until",
                ConditionExpression="#run = :run AND epoch = :epoch",
                ExpressionAttributeNames={"#run": "run"},
                ExpressionAttributeValues={
                    ":run": {"S": run},
                    ":epoch": {"N": str(epoch)},
                    ":until": {"N": str(round(until * 1000))},
                },
            )
        except ClientError as error:
            if _code(error) == "ConditionalCheckFailedException":
                raise NotHeld(self.read()) from error
            raise
        return Lease(run, epoch, until, deadline)

    def verify(self, run: str, epoch: int) -> Found:
        """The lock, when `run` surely holds it now. Raises NotHeld, TableMissing."""
        found = self.read()
        if (found.run, found.epoch) != (run, epoch) or self._clock.high() >= found.until:
            raise NotHeld(found)
        return found

    def release(self, run: str, epoch: int) -> bool:
        """Free the lock if `run` holds it still. False where it does not. Raises TableMissing."""
        found = self.read()
        while (found.run, found.epoch) == (run, epoch):
            # A renewal may come between the look and the write: then look again.
            if self._put(found, epoch={"N": str(epoch)}, lease_until={"N": "0"}):
                return True
            found = self.read()
        return False

    def break_(self, note: dict[str, Any]) -> Found:
        """Take the lock from whoever holds it and leave it free; the lock as it was.

        The epoch rises, and `note` (who, why, when) tells the one who lost it. Nothing is done
        where nobody holds it. Raises TableMissing.
        """
        while True:
            found = self.read()
            if found.free and not found.run:
                return found
            if self._put(
                found,
                epoch={"N": str(found.epoch + 1)},
                lease_until={"N": "0"},
                note={"S": json.dumps(note)},
            ):
                return found
