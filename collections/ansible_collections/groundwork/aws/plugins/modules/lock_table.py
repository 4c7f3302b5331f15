#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage the DynamoDB table of an environment's lock."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: lock_table
short_description: Manage the DynamoDB table of an environment's lock
description:
  - Keeps a table with the string key C(LockID), paid by request, for M(groundwork.aws.environment_lock).
  - Any number of runs may make it, or delete it, at once.
  - Written because M(community.aws.dynamodb_table) fails, after minutes of trying, where another run makes the table at the
    same time.
version_added: 0.2.0
author: Groundwork contributors
options:
  name:
    description: Name of the table.
    type: str
    required: true
  wait_timeout:
    description: Seconds to wait until the table can be used, or is gone.
    type: int
    default: 300
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the lock table
  groundwork.aws.lock_table:
    name: shop-qa-lock
"""

RETURN = r"""
name:
  description: Name of the table.
  returned: when the table exists
  type: str
arn:
  description: ARN of the table.
  returned: when the table exists
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

_KEY = "LockID"


class LockTable(Resource):
    """The table."""

    service = "dynamodb"
    immutable = ("key",)

    def _look(self) -> dict[str, Any] | None:
        """The table as AWS describes it, also one on its way in or out."""
        try:
            return self.client.describe_table(TableName=self.params["name"], aws_retry=True)[
                "Table"
            ]
        except ClientError as error:
            if error_code(error) == "ResourceNotFoundException":
                return None
            raise

    def describe(self) -> dict[str, Any] | None:
        table = self._look()
        if table is None or table["TableStatus"] == "DELETING":
            return None
        # Another run is making it. Who only looks, as for a plan, does not wait.
        if table["TableStatus"] == "CREATING" and not getattr(self.module, "check_mode", True):
            self.wait(present=True)
        try:
            tags = self.client.list_tags_of_resource(ResourceArn=table["TableArn"], aws_retry=True)
        except ClientError as error:  # another run deleted it since the first look
            if error_code(error) == "ResourceNotFoundException":
                return None
            raise
        return {
            "id": table["TableId"],
            "name": table["TableName"],
            "arn": table["TableArn"],
            "key": [entry["AttributeName"] for entry in table["KeySchema"]],
            "billing_mode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "tags": boto3_tag_list_to_ansible_dict(tags["Tags"]),
        }

    def desired(self) -> dict[str, Any]:
        return {"key": [_KEY], "billing_mode": "PAY_PER_REQUEST"}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        # One that is being deleted has its name until it is gone.
        self.wait_until(
            lambda: (self._look() or {}).get("TableStatus") != "DELETING",
            "The deletion of the old table",
        )
        try:
            self.client.create_table(
                TableName=self.params["name"],
                AttributeDefinitions=[{"AttributeName": _KEY, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": _KEY, "KeyType": "HASH"}],
                BillingMode=properties["billing_mode"],
                Tags=ansible_dict_to_boto3_tag_list(tags),
                aws_retry=True,
            )
        except ClientError as error:
            if error_code(error) != "ResourceInUseException":  # another run was faster
                raise

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        self.client.update_table(
            TableName=self.params["name"], BillingMode=changes["billing_mode"], aws_retry=True
        )

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.untag_resource(ResourceArn=current["arn"], TagKeys=remove, aws_retry=True)
        if add:
            self.client.tag_resource(
                ResourceArn=current["arn"],
                Tags=ansible_dict_to_boto3_tag_list(add),
                aws_retry=True,
            )

    def delete(self, current: dict[str, Any]) -> None:
        self._deleted = current["id"]
        try:
            self.client.delete_table(TableName=self.params["name"], aws_retry=True)
        except ClientError as error:
            # Another run was faster, or is deleting it.
            if error_code(error) not in ("ResourceNotFoundException", "ResourceInUseException"):
                raise

    def wait(self, present: bool) -> None:
        def done() -> bool:
            table = self._look()
            if present:
                return (table or {}).get("TableStatus") == "ACTIVE"
            # Another run may have made a new one of the same name since.
            return table is None or table["TableId"] != self._deleted

        self.wait_until(done, f"The {'making' if present else 'deletion'} of {self.params['name']}")

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "wait_timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )
    LockTable(module).run()


if __name__ == "__main__":
    main()
