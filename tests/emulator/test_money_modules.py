"""Our modules of budgets and schedules: the plan is the change, twice is once, and back."""

from __future__ import annotations

import pytest
from one_module import Kept

ACCOUNT = "123456789012"
TAGS = {"Project": "shop", "Environment": "qa"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop"
ALERTS = [{"type": "actual", "percent": 80}, {"type": "forecasted", "percent": 100}]
BUDGET = {
    "name": "shop",
    "account_id": ACCOUNT,
    "limit": 150.0,
    "filter_tags": TAGS,
    "alerts": ALERTS,
    "emails": ["b@example.com", "a@example.com"],
    "tags": TAGS,
}
NIGHT = {
    "name": "stop-database",
    "expression": "cron(0 20 ? * MON-FRI *)",
    "timezone": "Europe/Berlin",
    "target": "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance",
    "input": {"DbInstanceIdentifier": "shop"},
}
MORNING = {**NIGHT, "name": "start-database", "expression": "cron(0 7 ? * MON-FRI *)"}
SCHEDULES = {"name": "shop", "role_arn": ROLE, "schedules": [NIGHT, MORNING], "tags": TAGS}


@pytest.fixture
def budget(aws):
    return Kept(aws, "budget:Budget", BUDGET)


@pytest.fixture
def group(aws):
    return Kept(aws, "schedule_group:Group", SCHEDULES)


def subscribers(aws, threshold):
    api = aws("budgets")
    here = {"AccountId": ACCOUNT, "BudgetName": "shop"}
    for one in api.describe_notifications_for_budget(**here)["Notifications"]:
        if one["Threshold"] == threshold:
            told = api.describe_subscribers_for_notification(Notification=one, **here)
            return [s["Address"] for s in told["Subscribers"]]
    return []


def test_a_budget_counts_what_carries_all_tags(aws, budget):
    budget.changes()
    found = aws("budgets").describe_budget(
        AccountId=ACCOUNT, BudgetName="shop", ShowFilterExpression=True
    )["Budget"]
    assert (found["TimeUnit"], found["BudgetType"]) == ("MONTHLY", "COST")
    assert float(found["BudgetLimit"]["Amount"]) == 150
    assert [one["Tags"]["Key"] for one in found["FilterExpression"]["And"]] == [
        "Environment",
        "Project",
    ]
    assert subscribers(aws, 80) == ["a@example.com", "b@example.com"]


def test_a_plan_of_a_budget_changes_nothing(aws, budget):
    assert budget.run(check=True)["changed"]
    assert aws("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"] == []


def test_another_limit(budget):
    budget.changes()
    assert budget.changes(limit=200.0) == {"limit": 200.0}


def test_another_filter(budget):
    budget.changes()
    assert budget.changes(filter_tags={"Project": "shop"}) == {"filter_tags": {"Project": "shop"}}
    assert budget.changes(filter_tags={}) == {"filter_tags": {}}


def test_somebody_else_is_told(aws, budget):
    budget.changes()
    budget.changes(emails=["c@example.com"])
    assert subscribers(aws, 80) == ["c@example.com"]
    assert subscribers(aws, 100) == ["c@example.com"]


def test_ten_are_replaced_by_ten(aws, budget):
    first, second = ([f"{letter}{n}@example.com" for n in range(10)] for letter in "xy")
    budget.changes(emails=first)
    budget.changes(emails=second)
    assert sorted(subscribers(aws, 80)) == second


def test_another_threshold(aws, budget):
    budget.changes()
    budget.changes(alerts=[{"type": "actual", "percent": 50}])
    assert subscribers(aws, 50) == ["a@example.com", "b@example.com"]
    assert subscribers(aws, 80) == []


def test_an_alert_of_somebody_else_is_replaced(aws, budget):
    budget.changes()
    aws("budgets").create_notification(
        AccountId=ACCOUNT,
        BudgetName="shop",
        Notification={
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "LESS_THAN",
            "Threshold": 5,
        },
        Subscribers=[{"SubscriptionType": "EMAIL", "Address": "x@example.com"}],
    )
    assert "alerts" in budget.changes()
    assert subscribers(aws, 5) == []


def test_a_topic_is_told_too_and_without_anybody_there_is_no_alert(aws, budget):
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:money"
    budget.changes(emails=[], topic_arn=topic)
    assert subscribers(aws, 80) == [topic]
    assert budget.changes(emails=[]) == {"alerts": []}


def test_tags_of_a_budget(aws, budget):
    budget.changes()
    budget.changes(tags={**TAGS, "Environment": "prod"})
    found = aws("budgets").list_tags_for_resource(
        ResourceARN=f"arn:aws:budgets::{ACCOUNT}:budget/shop"
    )
    assert {"Key": "Environment", "Value": "prod"} in found["ResourceTags"]


@pytest.mark.parametrize("which", ["budget", "group"])
def test_what_goes_is_gone(request, which):
    kept = request.getfixturevalue(which)
    kept.changes()
    assert kept.run(check=True, state="absent")["changed"]
    assert kept.run(state="absent")["changed"]
    assert kept.run(state="absent")["changed"] is False
    assert kept.run(check=True)["changed"]


def test_a_group_has_its_schedules(aws, group):
    group.changes()
    found = aws("scheduler").get_schedule(GroupName="shop", Name="stop-database")
    assert found["ScheduleExpression"] == "cron(0 20 ? * MON-FRI *)"
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert found["Target"]["Input"] == '{"DbInstanceIdentifier": "shop"}'
    assert found["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 3600


def test_schedules_are_changed_added_and_removed(aws, group):
    group.changes()
    later = {**NIGHT, "expression": "cron(0 22 ? * MON-FRI *)"}
    other = {**MORNING, "name": "start-hosts"}
    group.changes(schedules=[later, other])
    names = [one["Name"] for one in aws("scheduler").list_schedules(GroupName="shop")["Schedules"]]
    assert sorted(names) == ["start-hosts", "stop-database"]
    found = aws("scheduler").get_schedule(GroupName="shop", Name="stop-database")
    assert found["ScheduleExpression"] == "cron(0 22 ? * MON-FRI *)"


def test_a_schedule_that_was_switched_off_by_hand_is_switched_on(aws, group):
    group.changes()
    api = aws("scheduler")
    found = api.get_schedule(GroupName="shop", Name="stop-database")
    wanted = ("ScheduleExpression", "FlexibleTimeWindow", "Target")
    given = {name: found[name] for name in wanted}
    api.update_schedule(GroupName="shop", Name="stop-database", State="DISABLED", **given)
    assert "schedules" in group.changes()
    assert api.get_schedule(GroupName="shop", Name="stop-database")["State"] == "ENABLED"


def test_tags_of_a_group(aws, group):
    group.changes()
    group.changes(tags={"Project": "shop", "Owner": "platform"})
    arn = aws("scheduler").get_schedule_group(Name="shop")["Arn"]
    told = aws("scheduler").list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in told} == {"Project": "shop", "Owner": "platform"}


def test_both_are_found_by_their_tags(aws, budget, group):
    from ansible_collections.groundwork.aws.plugins.module_utils.tagged import tagged

    budget.changes()
    group.changes()
    found = tagged(lambda service, region=None: aws(service), "us-east-1", TAGS)
    assert sorted(arn.split(":")[2] for arn in found) == ["budgets", "scheduler"]
