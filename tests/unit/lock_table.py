"""A DynamoDB of one item, and a clock that a test turns."""

from __future__ import annotations

from email.utils import formatdate

from ansible_collections.groundwork.aws.plugins.module_utils.lock import Lock
from botocore.exceptions import ClientError

EPOCH = 1_795_000_000


class Clock:
    """This machine's clock (`ticks`), and AWS's, which is `ahead` seconds of the wall."""

    def __init__(self) -> None:
        self.now = 1000.0

    def ticks(self) -> float:
        return self.now

    def aws(self) -> float:
        return EPOCH + self.now


class Told:
    """AWS's clock as a ServerClock tells it, on the test's ticks."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self.told = clock, False
        self._low = self._high = 0.0

    def observe(self, sent: float, received: float, date: str | None) -> None:
        seconds = int(self._clock.aws())
        assert date == formatdate(seconds, usegmt=True)
        self.told, self._low, self._high = True, seconds - received, seconds + 1 - sent

    def low(self) -> float:
        return self._low + self._clock.now

    def high(self) -> float:
        return self._high + self._clock.now


class Table:
    """The calls of DynamoDB that a lock makes, with the conditions that it sets."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.item, self.there = clock, None, True
        self.before_write = lambda: None
        self.lose_answer = False

    def _answer(self, **more) -> dict:
        date = formatdate(int(self.clock.aws()), usegmt=True)
        return {"ResponseMetadata": {"HTTPHeaders": {"date": date}}, **more}

    def _refuse(self, code: str):
        raise ClientError({"Error": {"Code": code}, **self._answer()}, "Call")

    def get_item(self, TableName, Key, ConsistentRead):
        assert ConsistentRead
        if not self.there:
            self._refuse("ResourceNotFoundException")
        return self._answer(**({"Item": dict(self.item)} if self.item else {}))

    def describe_table(self, TableName):
        if not self.there:
            self._refuse("ResourceNotFoundException")
        return self._answer(Table={"TableStatus": "CREATING"})

    def put_item(self, TableName, Item, ConditionExpression, ExpressionAttributeValues=None):
        hook, self.before_write = self.before_write, lambda: None
        hook()
        if ConditionExpression.startswith("attribute_not_exists"):
            good = self.item is None
        else:
            values = ExpressionAttributeValues
            good = self.item and (
                self.item["epoch"] == values[":epoch"]
                and self.item["lease_until"] == values[":until"]
            )
        if not good:
            self._refuse("ConditionalCheckFailedException")
        self.item = dict(Item)
        if self.lose_answer:  # the caller's library tries again, and meets its own write
            self.lose_answer = False
            self._refuse("ConditionalCheckFailedException")
        return self._answer()

    def update_item(self, TableName, Key, ExpressionAttributeValues, **_):
        if not self.there:
            self._refuse("ResourceNotFoundException")
        values = ExpressionAttributeValues
        item = self.item or {}
        if (item.get("run"), item.get("epoch")) != (values[":run"], values[":epoch"]):
            self._refuse("ConditionalCheckFailedException")
        self.item["lease_until"] = values[":until"]
        return self._answer()

    def lock(self, kind: type = Lock) -> Lock:
        """One run's lock, with a clock of its own."""
        return kind(self, "shop-qa-lock", "shop qa", Told(self.clock), self.clock.ticks)
