"""A conditional write looks and writes in one step.

API reference, PutItem: a write with a ConditionExpression is atomic; of any number of simultaneous
ones exactly one succeeds. moto 5.2 answers requests in threads, reads the item, judges the
condition and writes without a lock between them, so several may succeed. CreateTable likewise: one
of several creates the table, the others get ResourceInUseException.
"""

import threading
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

from lab.emulator.mends import mend

# Reentrant: a transaction of moto calls the single writes.
_writing = threading.RLock()


def _one_at_a_time(name: str) -> None:
    @mend(DynamoDBBackend, name)
    def _alone(original: Any, *args: Any, **kwargs: Any) -> Any:
        with _writing:
            return original(*args, **kwargs)


for _operation in (
    "create_table",
    "delete_table",
    "put_item",
    "update_item",
    "delete_item",
    "transact_write_items",
):
    _one_at_a_time(_operation)
