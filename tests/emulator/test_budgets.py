"""AWS Budgets answers as AWS does."""

from collections.abc import Callable
from typing import Any

import pytest

Aws = Callable[[str], Any]
HERE = {"AccountId": "123456789012", "BudgetName": "shop"}
ARN = "arn:aws:budgets::123456789012:budget/shop"
ALERT = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
FIRST = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
SECOND = {"SubscriptionType": "EMAIL", "Address": "b@example.com"}


def budget(amount: str, **more: Any) -> dict[str, Any]:
    return {
        "BudgetName": "shop",
        "BudgetLimit": {"Amount": amount, "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        **more,
    }


@pytest.fixture
def budgets(aws: Aws) -> Any:
    """A client of an account with one budget."""
    client = aws("budgets")
    client.create_budget(
        AccountId="123456789012",
        Budget=budget("100", FilterExpression={"Tags": {"Key": "Project", "Values": ["shop"]}}),
        NotificationsWithSubscribers=[{"Notification": ALERT, "Subscribers": [FIRST]}],
        ResourceTags=[{"Key": "Project", "Value": "shop"}],
    )
    return client


def test_a_budget_is_changed(budgets: Any) -> None:
    budgets.update_budget(AccountId="123456789012", NewBudget=budget("200"))
    found = budgets.describe_budget(**HERE)["Budget"]
    assert float(found["BudgetLimit"]["Amount"]) == 200


def test_one_that_is_not_there_is_not_changed(aws: Aws) -> None:
    client = aws("budgets")
    with pytest.raises(client.exceptions.NotFoundException):
        client.update_budget(AccountId="123456789012", NewBudget=budget("200"))


def test_the_filter_is_told_to_who_asks_for_it(budgets: Any) -> None:
    assert "FilterExpression" not in budgets.describe_budget(**HERE)["Budget"]
    told = budgets.describe_budget(**HERE, ShowFilterExpression=True)["Budget"]
    assert told["FilterExpression"]["Tags"]["Values"] == ["shop"]


def test_subscribers_come_and_go_but_for_the_last(budgets: Any) -> None:
    def told() -> list[str]:
        answer = budgets.describe_subscribers_for_notification(**HERE, Notification=ALERT)
        return [one["Address"] for one in answer["Subscribers"]]

    budgets.create_subscriber(**HERE, Notification=ALERT, Subscriber=SECOND)
    assert told() == ["a@example.com", "b@example.com"]
    with pytest.raises(budgets.exceptions.DuplicateRecordException):
        budgets.create_subscriber(**HERE, Notification=ALERT, Subscriber=SECOND)
    budgets.delete_subscriber(**HERE, Notification=ALERT, Subscriber=FIRST)
    assert told() == ["b@example.com"]
    with pytest.raises(budgets.exceptions.InvalidParameterException):
        budgets.delete_subscriber(**HERE, Notification=ALERT, Subscriber=SECOND)


def test_a_notification_is_deleted_by_what_names_it(budgets: Any) -> None:
    named = {**ALERT, "ThresholdType": "PERCENTAGE"}
    budgets.delete_notification(**HERE, Notification=named)
    assert budgets.describe_notifications_for_budget(**HERE)["Notifications"] == []
    with pytest.raises(budgets.exceptions.NotFoundException):
        budgets.describe_subscribers_for_notification(**HERE, Notification=ALERT)


def test_tags_are_kept_with_the_budget(budgets: Any) -> None:
    budgets.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "Owner", "Value": "x"}])
    budgets.untag_resource(ResourceARN=ARN, ResourceTagKeys=["Project"])
    tags = budgets.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"]
    assert tags == [{"Key": "Owner", "Value": "x"}]
    budgets.delete_budget(**HERE)
    with pytest.raises(budgets.exceptions.NotFoundException):
        budgets.list_tags_for_resource(ResourceARN=ARN)
