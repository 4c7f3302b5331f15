"""The budget."""

from __future__ import annotations

from drifts.found import OWNER, PREFIX, Client, Properties

ACCOUNT = "123456789012"


def drift(client: Client) -> Properties:
    """Raise it, and have somebody else told; returns type, name and property of each change."""
    budgets, here = client("budgets"), {"AccountId": ACCOUNT, "BudgetName": PREFIX}
    found = budgets.describe_budget(**here, ShowFilterExpression=True)["Budget"]
    kept = ("BudgetName", "TimeUnit", "BudgetType", "FilterExpression", "Metrics")
    raised = {key: found[key] for key in kept} | {"BudgetLimit": {"Amount": "9999", "Unit": "USD"}}
    budgets.update_budget(AccountId=ACCOUNT, NewBudget=raised)
    (alert, *_) = budgets.describe_notifications_for_budget(**here)["Notifications"]
    budgets.create_subscriber(
        **here,
        Notification=alert,
        Subscriber={"SubscriptionType": "EMAIL", "Address": "somebody@example.com"},
    )
    budgets.tag_resource(
        ResourceARN=f"arn:aws:budgets::{ACCOUNT}:budget/{PREFIX}", ResourceTags=[OWNER]
    )
    return {("budget", PREFIX, one) for one in ("limit", "alerts", "tags.Owner")}
