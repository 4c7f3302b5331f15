#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a CloudWatch dashboard, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cloudwatch_dashboard
short_description: Manage a CloudWatch dashboard
description:
  - Keeps the widgets of a dashboard as asked. No other module does.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the dashboard.
    type: str
    required: true
  body:
    description: The dashboard in the form of the API. Required with O(state=present).
    type: json
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep a dashboard
  groundwork.aws.cloudwatch_dashboard:
    name: shop-qa
    body: {widgets: []}
"""

RETURN = r"""
name:
  description: Name of the dashboard.
  returned: when it exists
  type: str
arn:
  description: ARN of the dashboard.
  returned: when it exists
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
    canonical_json,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library


def by_title(body: dict[str, Any]) -> dict[str, Any]:
    """A dashboard's widgets by title, so that a plan names the one that changes, and what else it has."""
    found = {key: value for key, value in body.items() if key != "widgets"}
    for number, widget in enumerate(body.get("widgets", [])):
        title = (widget.get("properties") or {}).get("title") or widget.get("type")
        key = f"widgets.{title}"
        found[key if key not in found else f"{key} ({number})"] = widget
    return found


class Dashboard(Resource):
    """A dashboard, its widgets as its properties."""

    service = "cloudwatch"
    #: keys of the body as it stands
    _standing: frozenset[str] = frozenset()

    def describe(self) -> dict[str, Any] | None:
        name = self.params["name"]
        try:
            answer = self.client.get_dashboard(DashboardName=name, aws_retry=True)
        except ClientError as error:
            if error_code(error) in ("ResourceNotFound", "ResourceNotFoundException"):
                return None
            raise
        body = by_title(canonical_json(answer["DashboardBody"]) or {})
        self._standing = frozenset(body)
        arn = answer["DashboardArn"]
        tags = self.client.list_tags_for_resource(ResourceARN=arn, aws_retry=True)["Tags"]
        return {"name": name, "arn": arn, "tags": boto3_tag_list_to_ansible_dict(tags), **body}

    def desired(self) -> dict[str, Any]:
        body = by_title(canonical_json(self.params["body"]) or {})
        # What stands besides goes: a dashboard is written as a whole.
        return {**body, **dict.fromkeys(sorted(self._standing - body.keys()))}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        self._put(Tags=ansible_dict_to_boto3_tag_list(tags))

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        self._put()

    def _put(self, **more: Any) -> None:
        body = self.module.jsonify(canonical_json(self.params["body"]))
        self.client.put_dashboard(
            DashboardName=self.params["name"], DashboardBody=body, aws_retry=True, **more
        )

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        arn = current["arn"]
        if remove:
            self.client.untag_resource(ResourceARN=arn, TagKeys=remove, aws_retry=True)
        if add:
            tags = ansible_dict_to_boto3_tag_list(add)
            self.client.tag_resource(ResourceARN=arn, Tags=tags, aws_retry=True)

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_dashboards(DashboardNames=[self.params["name"]], aws_retry=True)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "body": {"type": "json"},
        },
        required_if=[("state", "present", ["body"])],
        supports_check_mode=True,
    )
    Dashboard(module).run()


if __name__ == "__main__":
    main()
