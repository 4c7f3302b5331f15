#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a monthly cost budget of AWS Budgets."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: budget
short_description: Manage a monthly cost budget
description:
  - Keeps the limit, the filter by tags, the alerts and the tags of a monthly cost budget as asked.
  - Written because neither amazon.aws nor community.aws has a module for AWS Budgets.
  - A filter by tags matches what was spent after the tags were activated as cost allocation tags in the account's billing settings.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the budget, unique in the account.
    type: str
    required: true
  account_id:
    description: The account whose costs are watched.
    type: str
    required: true
  limit:
    description: USD a month. Required where O(state=present).
    type: float
  filter_tags:
    description: Only what carries all of these tags counts. Without them, all of the account does.
    type: dict
    default: {}
  alerts:
    description:
      - When somebody is told. An alert that is not listed is removed.
      - AWS keeps no alert without somebody to tell, so there are none where O(emails) and O(topic_arn) are empty.
    type: list
    elements: dict
    default: []
    suboptions:
      type:
        description: Whether what was spent counts, or what AWS forecasts for the month.
        type: str
        choices: [actual, forecasted]
        required: true
      percent:
        description: Per cent of O(limit) above which it is told.
        type: float
        required: true
  emails:
    description: Addresses that each alert is sent to, ten at most.
    type: list
    elements: str
    default: []
  topic_arn:
    description: An SNS topic that each alert is sent to.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Tell the platform team at 80 % of what was spent, and when more than all is foreseen
  groundwork.aws.budget:
    name: shop-qa
    account_id: "123456789012"
    limit: 150
    filter_tags: {Project: shop, Environment: qa}
    alerts:
      - {type: actual, percent: 80}
      - {type: forecasted, percent: 100}
    emails: [platform@example.com]
"""

RETURN = r"""
name:
  description: Name of the budget.
  returned: when it exists
  type: str
arn:
  description: ARN of the budget.
  returned: when it exists
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.budget_alerts import (
    MOST,
    Alert,
    in_order,
    key,
    notification,
    seen,
    subscribers,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library


class Budget(Resource):
    """A monthly cost budget, identified by its name in the account."""

    service = "budgets"

    @property
    def _here(self) -> dict[str, Any]:
        return {
            "AccountId": self.params["account_id"],
            "BudgetName": self.params["name"],
            "aws_retry": True,
        }

    @property
    def _arn(self) -> str:
        return f"arn:aws:budgets::{self.params['account_id']}:budget/{self.params['name']}"

    def describe(self) -> dict[str, Any] | None:
        try:
            # Without this AWS leaves out the filter, and a difference in it would go unseen.
            budget = self.client.describe_budget(**self._here, ShowFilterExpression=True)["Budget"]
        except ClientError as error:
            if error_code(error) == "NotFoundException":
                return None
            raise
        tags = self.client.list_tags_for_resource(ResourceARN=self._arn, aws_retry=True)
        return {
            "name": self.params["name"],
            "arn": self._arn,
            "limit": float(budget["BudgetLimit"]["Amount"]),
            "filter_tags": filtered_tags(budget.get("FilterExpression")),
            "alerts": self._alerts(),
            "tags": boto3_tag_list_to_ansible_dict(tags.get("ResourceTags") or []),
        }

    def _alerts(self) -> list[Alert]:
        answer = self.client.describe_notifications_for_budget(**self._here)
        alerts = []
        for one in answer["Notifications"]:
            told = self.client.describe_subscribers_for_notification(
                Notification=self._asked_for(one), **self._here
            )
            alerts.append({**seen(one), "to": sorted(s["Address"] for s in told["Subscribers"])})
        return in_order(alerts)

    @staticmethod
    def _asked_for(notification: dict[str, Any]) -> dict[str, Any]:
        """A notification as it is named in calls: its state is AWS's business."""
        return {key: value for key, value in notification.items() if key != "NotificationState"}

    def desired(self) -> dict[str, Any]:
        told = sorted(self.params["emails"])
        if self.params["topic_arn"]:
            told = sorted([*told, self.params["topic_arn"]])
        alerts = [
            {"type": a["type"], "percent": float(a["percent"]), "above": True, "to": told}
            for a in self.params["alerts"]
        ]
        limit = self.params["limit"]
        return {
            "limit": None if limit is None else float(limit),
            "filter_tags": {
                key: str(value) for key, value in (self.params["filter_tags"] or {}).items()
            },
            "alerts": in_order(alerts) if told else [],
        }

    def _budget(self, properties: dict[str, Any]) -> dict[str, Any]:
        budget = {
            "BudgetName": self.params["name"],
            "BudgetLimit": {"Amount": f"{properties['limit']:g}", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        }
        if properties["filter_tags"]:
            # Cost filters, the older form, count what carries any of several tags.
            budget["FilterExpression"] = expression(properties["filter_tags"])
            budget["Metrics"] = ["UnblendedCost"]
        return budget

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        self.client.create_budget(
            AccountId=self.params["account_id"],
            Budget=self._budget(properties),
            NotificationsWithSubscribers=[
                {"Notification": notification(a), "Subscribers": subscribers(a["to"])}
                for a in properties["alerts"]
            ],
            ResourceTags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        if {"limit", "filter_tags"} & set(changes):
            self.client.update_budget(
                AccountId=self.params["account_id"],
                NewBudget=self._budget(self.desired()),
                aws_retry=True,
            )
        if "alerts" in changes:
            self._set_alerts(changes["alerts"], current["alerts"])

    def _set_alerts(self, wanted: list[Alert], had: list[Alert]) -> None:
        before = {key(a): a for a in had}
        after = {key(a): a for a in wanted}
        for name, alert in before.items():
            if name not in after:
                self.client.delete_notification(Notification=notification(alert), **self._here)
        for name, alert in after.items():
            if name not in before:
                self.client.create_notification(
                    Notification=notification(alert),
                    Subscribers=subscribers(alert["to"]),
                    **self._here,
                )
            else:
                self._tell(alert, before[name]["to"])

    def _tell(self, alert: Alert, had: list[str]) -> None:
        # New ones first: AWS keeps no alert without anybody. It has room for ten addresses, so a full list loses one before.
        about = {"Notification": notification(alert), **self._here}
        new = subscribers([one for one in alert["to"] if one not in had])
        old = subscribers([one for one in had if one not in alert["to"]])
        while new or old:
            if new and (not old or len(had) < MOST):
                self.client.create_subscriber(Subscriber=new.pop(), **about)
                had = [*had, ""]
            else:
                self.client.delete_subscriber(Subscriber=old.pop(), **about)
                had = had[1:]

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.untag_resource(
                ResourceARN=self._arn, ResourceTagKeys=remove, aws_retry=True
            )
        if add:
            self.client.tag_resource(
                ResourceARN=self._arn,
                ResourceTags=ansible_dict_to_boto3_tag_list(add),
                aws_retry=True,
            )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_budget(**self._here)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {name: current[name] for name in ("name", "arn")} if current else {}


def expression(tags: dict[str, str]) -> dict[str, Any]:
    """What carries all of some tags, as AWS asks for it."""
    each = [
        {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
        for key, value in sorted(tags.items())
    ]
    return {"And": each} if len(each) > 1 else each[0]


def filtered_tags(found: dict[str, Any] | None) -> dict[str, str]:
    """The tags of an expression of ours; of another one something that is never asked for."""
    if not found:
        return {}
    each = found.get("And") or [found]
    tags = {
        one["Tags"]["Key"]: one["Tags"]["Values"][0]
        for one in each
        if "Tags" in one and len(one["Tags"]["Values"]) == 1
    }
    return tags if len(tags) == len(each) else {"(another filter)": ""}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "account_id": {"type": "str", "required": True},
            "limit": {"type": "float"},
            "filter_tags": {"type": "dict", "default": {}},
            "alerts": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "type": {
                        "type": "str",
                        "choices": ["actual", "forecasted"],
                        "required": True,
                    },
                    "percent": {"type": "float", "required": True},
                },
            },
            "emails": {"type": "list", "elements": "str", "default": []},
            "topic_arn": {"type": "str"},
        },
        required_if=[("state", "present", ["limit"])],
        supports_check_mode=True,
    )
    Budget(module).run()


if __name__ == "__main__":
    main()
