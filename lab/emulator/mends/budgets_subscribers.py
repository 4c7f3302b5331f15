"""Who is told of a budget can be read and changed.

API reference, DescribeSubscribersForNotification, CreateSubscriber, DeleteSubscriber: they name a
notification by its type, comparison and threshold; one that does not exist is a NotFoundException,
one that is there twice a DuplicateRecordException, and the last one cannot be taken away. moto 5.2
keeps subscribers and has none of the three operations.
"""

import json
from typing import Any

from moto.budgets.exceptions import DuplicateRecordException, NotFoundException
from moto.budgets.models import Notification
from moto.budgets.responses import BudgetsResponse
from moto.core.exceptions import JsonRESTError

from lab.emulator.mends import add, mend

NAMED_BY = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")


def _name(details: dict[str, Any]) -> list[Any]:
    default = {"ThresholdType": "PERCENTAGE"}
    return [{**default, **details}.get(part) for part in NAMED_BY]


def _notification(self: BudgetsResponse) -> Notification:
    account, name = self._get_param("AccountId"), self._get_param("BudgetName")
    self.backend.describe_budget(account, name)  # raises where there is none
    wanted = _name(self._get_param("Notification"))
    for one in self.backend.budgets[account][name].notifications:
        if _name(one.details) == wanted:
            return one
    raise NotFoundException("Unable to find the notification - it doesn't exist.")


@add(BudgetsResponse)
def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    """The subscribers of a notification."""
    return json.dumps({"Subscribers": _notification(self).subscribers})


@add(BudgetsResponse)
def create_subscriber(self: BudgetsResponse) -> str:
    """One more subscriber of a notification."""
    kept, new = _notification(self), self._get_param("Subscriber")
    if new in kept.subscribers:
        raise DuplicateRecordException("subscriber", new["Address"])
    kept.subscribers = [*kept.subscribers, new]
    return json.dumps({})


@add(BudgetsResponse)
def delete_subscriber(self: BudgetsResponse) -> str:
    """One subscriber less."""
    kept, gone = _notification(self), self._get_param("Subscriber")
    if gone not in kept.subscribers:
        raise NotFoundException("Unable to delete the subscriber - it doesn't exist.")
    if len(kept.subscribers) == 1:
        raise JsonRESTError("InvalidParameterException", "A notification needs a subscriber.")
    kept.subscribers = [one for one in kept.subscribers if one != gone]
    return json.dumps({})


@mend(BudgetsResponse, "delete_notification")
def _delete_notification(original: Any, self: BudgetsResponse) -> str:
    # moto compares all that it was told at first, the default of a part that was left out too.
    account, name = self._get_param("AccountId"), self._get_param("BudgetName")
    kept = _notification(self)
    budget = self.backend.budgets[account][name]
    budget.notifications = [one for one in budget.notifications if one is not kept]
    return json.dumps({})
