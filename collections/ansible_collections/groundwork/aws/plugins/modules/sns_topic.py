#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an SNS topic and who is told through it, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: sns_topic
short_description: Manage an SNS topic and its subscriptions
description:
  - Keeps the key, policy, tags and subscriptions of a topic as asked.
  - Written because M(community.aws.sns_topic) fails in a plan where the topic does not exist, and shows the addresses of
    subscriptions, which may be secrets.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the topic.
    type: str
    required: true
  kms_key_id:
    description: ARN of the KMS key for encryption at rest. Without one the topic is not encrypted.
    type: str
  policy:
    description: The topic's policy.
    type: json
  emails:
    description: Addresses that get mail. Each gets one that asks for confirmation first.
    type: list
    elements: str
    default: []
  webhooks:
    description:
      - URLs that begin with V(https://) and are posted each message. They are never shown, for such an address is often a
        secret. Their host is, with a fingerprint.
    type: list
    elements: str
    default: []
notes:
  - A subscription that waits for its confirmation is as it should be, and is not asked for again.
  - Subscriptions that are not asked for are removed. Those that wait cannot be. AWS forgets them by itself.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the topic of alarms
  groundwork.aws.sns_topic:
    name: shop-qa-notifications
    emails: [ops@example.com]
"""

RETURN = r"""
name:
  description: Name of the topic.
  returned: when it exists
  type: str
arn:
  description: ARN of the topic.
  returned: when it exists
  type: str
pending:
  description: Subscriptions that nobody has confirmed yet, as a plan shows them.
  returned: when it exists
  type: list
  elements: str
"""

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
    canonical_json,
)

PENDING = "PendingConfirmation"
ATTRIBUTES = {"kms_key_id": "KmsMasterKeyId", "policy": "Policy"}
# AWS shows the password in a URL like this.
PASSWORD = re.compile(r"(://[^:/@]*:)[^/@]*@")


def shown(protocol: str, endpoint: str) -> str:
    """A subscription as it may be shown. A fingerprint of 32 bits tells URLs of one host apart."""
    if protocol not in ("http", "https"):
        return f"{protocol} {endpoint}"
    masked = PASSWORD.sub(r"\1****@", endpoint)
    fingerprint = hashlib.sha256(masked.encode()).hexdigest()[:8]
    return f"{protocol} {urlsplit(endpoint).hostname} ({fingerprint})"


class Topic(Resource):
    """A topic and its subscriptions."""

    service = "sns"

    def describe(self) -> dict[str, Any] | None:
        name = self.params["name"]
        pages = self.client.get_paginator("list_topics").paginate()
        arns = (topic["TopicArn"] for page in pages for topic in page["Topics"])
        arn = next((arn for arn in arns if arn.rpartition(":")[2] == name), None)
        if arn is None:
            return None
        attributes = self.client.get_topic_attributes(TopicArn=arn, aws_retry=True)["Attributes"]
        tags = self.client.list_tags_for_resource(ResourceArn=arn, aws_retry=True)["Tags"]
        found = self._subscriptions(arn)
        wanted = set(self._wanted())
        return {
            "name": name,
            "arn": arn,
            "kms_key_id": attributes.get("KmsMasterKeyId"),
            "policy": canonical_json(attributes.get("Policy")),
            # One that waits and is not wanted cannot be removed, so nothing is said of it.
            "subscriptions": sorted(
                one for one, what in found.items() if what != PENDING or one in wanted
            ),
            "pending": sorted(one for one, what in found.items() if what == PENDING),
            "tags": boto3_tag_list_to_ansible_dict(tags),
        }

    def _subscriptions(self, arn: str) -> dict[str, str]:
        """What stands: each subscription as it is shown, and its ARN."""
        pages = self.client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
        return {
            shown(one["Protocol"], one["Endpoint"]): one["SubscriptionArn"]
            for page in pages
            for one in page["Subscriptions"]
            if one["SubscriptionArn"] != "Deleted"
        }

    def _wanted(self) -> dict[str, tuple[str, str]]:
        """What is asked for: each subscription as it is shown, its protocol and address."""
        asked = [("email", one) for one in self.params["emails"]]
        asked += [("https", one) for one in self.params["webhooks"]]
        return {shown(*one): one for one in asked}

    def desired(self) -> dict[str, Any]:
        properties: dict[str, Any] = {
            "kms_key_id": self.params["kms_key_id"],
            "subscriptions": sorted(self._wanted()),
        }
        if self.params["policy"] is not None:
            properties["policy"] = canonical_json(self.params["policy"])
        return properties

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        attributes = {
            ATTRIBUTES[key]: self._text(value)
            for key, value in properties.items()
            if key in ATTRIBUTES and value
        }
        arn = self.client.create_topic(
            Name=self.params["name"],
            Attributes=attributes,
            Tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )["TopicArn"]
        self._subscribe(arn, properties["subscriptions"])

    def _text(self, value: Any) -> str:
        return value if isinstance(value, str) else self.module.jsonify(value or "")

    def _subscribe(self, arn: str, missing: list[str]) -> None:
        wanted = self._wanted()
        for one in missing:
            protocol, endpoint = wanted[one]
            self.client.subscribe(
                TopicArn=arn, Protocol=protocol, Endpoint=endpoint, aws_retry=True
            )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        arn = current["arn"]
        for key in ATTRIBUTES.keys() & changes.keys():
            value = self._text(changes[key]) if changes[key] else ""
            self.client.set_topic_attributes(
                TopicArn=arn, AttributeName=ATTRIBUTES[key], AttributeValue=value, aws_retry=True
            )
        if "subscriptions" in changes:
            found, wanted = self._subscriptions(arn), set(changes["subscriptions"])
            self._subscribe(arn, sorted(wanted - set(found)))
            for one in set(found) - wanted:
                if found[one] != PENDING:
                    self.client.unsubscribe(SubscriptionArn=found[one], aws_retry=True)

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        arn = current["arn"]
        if remove:
            self.client.untag_resource(ResourceArn=arn, TagKeys=remove, aws_retry=True)
        if add:
            tags = ansible_dict_to_boto3_tag_list(add)
            self.client.tag_resource(ResourceArn=arn, Tags=tags, aws_retry=True)

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_topic(TopicArn=current["arn"], aws_retry=True)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn", "pending")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "kms_key_id": {"type": "str", "no_log": False},
            "policy": {"type": "json"},
            "emails": {"type": "list", "elements": "str", "default": []},
            "webhooks": {"type": "list", "elements": "str", "default": [], "no_log": True},
        },
        supports_check_mode=True,
    )
    Topic(module).run()


if __name__ == "__main__":
    main()
