#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a log group of CloudWatch Logs, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: log_group
short_description: Manage a log group of CloudWatch Logs
description:
  - Keeps the retention, key, metric filters and tags of a log group as asked.
  - Written because M(amazon.aws.cloudwatchlogs_log_group) sets the retention in check mode too, and deletes a log group
    whose retention it is asked to set to a value that AWS does not know; and because
    M(amazon.aws.cloudwatchlogs_log_group_metric_filter) fails in a plan where the log group does not exist.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the log group.
    type: str
    required: true
  retention:
    description: Days for which events are kept, one of the values that AWS knows. V(0) keeps them for ever.
    type: int
    default: 0
  kms_key_id:
    description: ARN of the KMS key for encryption at rest. AWS's own key where it is not given.
    type: str
  metric_filters:
    description:
      - Metrics that count log lines, each with C(name), C(pattern), C(namespace) and C(metric). Where no line matches, the metric
        is 0. Others are removed. Left alone when not given.
    type: list
    elements: dict
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep a month of logs
  groundwork.aws.log_group:
    name: /shop/qa/api
    retention: 30
    metric_filters:
      - {name: errors, pattern: '?ERROR ?FATAL', namespace: shop/qa, metric: ErrorLines-api}
"""

RETURN = r"""
name:
  description: Name of the log group.
  returned: when it exists
  type: str
arn:
  description: ARN of the log group.
  returned: when it exists
  type: str
"""

from collections.abc import Iterable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
)


def by_name(filters: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Metric filters in one order."""
    return sorted(filters, key=lambda one: one["name"])


def metric(described: dict[str, Any]) -> dict[str, Any]:
    """What a described filter counts. One a line, and 0 without any, is not worth a word."""
    told = described["metricTransformations"][0]
    found = {"metric": told["metricName"], "namespace": told["metricNamespace"]}
    value, default = told.get("metricValue"), told.get("defaultValue")
    usual = value == "1" and default == 0
    return found if usual else {**found, "counts": f"{value}, otherwise {default}"}


class LogGroup(Resource):
    """A log group."""

    service = "logs"

    def describe(self) -> dict[str, Any] | None:
        name = self.params["name"]
        pages = self.client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        groups = (group for page in pages for group in page["logGroups"])
        group = next((group for group in groups if group["logGroupName"] == name), None)
        if group is None:
            return None
        arn = group["arn"].removesuffix(":*")
        answer = self.client.list_tags_for_resource(resourceArn=arn, aws_retry=True)
        properties = {
            "name": name,
            "arn": arn,
            "retention": group.get("retentionInDays", 0),
            "kms_key_id": group.get("kmsKeyId"),
            "tags": answer["tags"],
        }
        if self.params["metric_filters"] is not None:
            properties["metric_filters"] = self._filters()
        return properties

    def _filters(self) -> list[dict[str, Any]]:
        """The group's metric filters in the language of the option; of one that is unlike them more."""
        pages = self.client.get_paginator("describe_metric_filters").paginate(
            logGroupName=self.params["name"]
        )
        return by_name(
            {"name": one["filterName"], "pattern": one.get("filterPattern", ""), **metric(one)}
            for page in pages
            for one in page["metricFilters"]
        )

    def desired(self) -> dict[str, Any]:
        properties = {key: self.params[key] for key in ("retention", "kms_key_id")}
        if self.params["metric_filters"] is not None:
            properties["metric_filters"] = by_name(self.params["metric_filters"])
        return properties

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        arguments: dict[str, Any] = {"logGroupName": self.params["name"]}
        if tags:
            arguments["tags"] = tags
        if properties["kms_key_id"]:
            arguments["kmsKeyId"] = properties["kms_key_id"]
        self.client.create_log_group(aws_retry=True, **arguments)
        if properties["retention"]:
            self._set_retention(properties["retention"])
        self._set_filters(properties.get("metric_filters", []), [])

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        group = {"logGroupName": self.params["name"], "aws_retry": True}
        if "retention" in changes:
            self._set_retention(changes["retention"])
        if changes.get("kms_key_id"):
            self.client.associate_kms_key(kmsKeyId=changes["kms_key_id"], **group)
        elif "kms_key_id" in changes:
            self.client.disassociate_kms_key(**group)

        if "metric_filters" in changes:
            self._set_filters(changes["metric_filters"], current["metric_filters"])

    def _set_filters(self, wanted: list[dict[str, Any]], standing: list[dict[str, Any]]) -> None:
        group = {"logGroupName": self.params["name"], "aws_retry": True}
        for one in wanted:
            if one not in standing:
                counted = {
                    "metricName": one["metric"],
                    "metricNamespace": one["namespace"],
                    "metricValue": "1",
                    "defaultValue": 0.0,
                }
                self.client.put_metric_filter(
                    filterName=one["name"],
                    filterPattern=one["pattern"],
                    metricTransformations=[counted],
                    **group,
                )
        names = {one["name"] for one in wanted}
        for one in standing:
            if one["name"] not in names:
                self.client.delete_metric_filter(filterName=one["name"], **group)

    def _set_retention(self, days: int) -> None:
        group = {"logGroupName": self.params["name"], "aws_retry": True}
        if days:
            self.client.put_retention_policy(retentionInDays=days, **group)
        else:
            self.client.delete_retention_policy(**group)

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.untag_resource(resourceArn=current["arn"], tagKeys=remove, aws_retry=True)
        if add:
            self.client.tag_resource(resourceArn=current["arn"], tags=add, aws_retry=True)

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_log_group(logGroupName=self.params["name"], aws_retry=True)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "retention": {"type": "int", "default": 0},
            "kms_key_id": {"type": "str", "no_log": False},
            "metric_filters": {"type": "list", "elements": "dict"},
        },
        supports_check_mode=True,
    )
    LogGroup(module).run()


if __name__ == "__main__":
    main()
