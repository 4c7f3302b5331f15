#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Keep a set of CloudWatch alarms, with a plan of each."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: cloudwatch_alarms
short_description: Keep a set of CloudWatch alarms
description:
  - Keeps metric alarms and composite alarms as asked, and deletes those that carry the owner's tags and are not asked for
    any more.
  - Written because M(amazon.aws.cloudwatch_metric_alarm) keeps one alarm a task, which is slow for thirty, calls an alarm on an
    expression changed in each run, and sets no tags. No module keeps composite alarms.
  - In check mode an argument may be not known yet, as the id of a resource that a run would create. Each alarm is then
    planned all the same.
version_added: 0.3.0
author: Groundwork contributors
options:
  alarms:
    description:
      - The alarms. Each has a C(name), and C(description), C(alarm_actions) and C(ok_actions).
      - A metric alarm has C(comparison), C(threshold), C(evaluation_periods), C(datapoints_to_alarm), C(treat_missing_data), and
        either C(namespace), C(metric), C(dimensions), C(statistic) and C(period), or C(metrics). That is a list of such
        metrics, each with an C(id), and one C(expression) of them with its C(label).
      - A composite alarm has a C(rule).
    type: list
    elements: dict
    required: true
  owner_tags:
    description: Tags by which alarms are known that are not asked for any more.
    type: dict
    required: true
  tags:
    description: Tags of each alarm. Others are removed.
    type: dict
    default: {}
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Keep an alarm, and no other of this component
  groundwork.aws.cloudwatch_alarms:
    alarms:
      - name: shop-qa-database-cpu
        description: The database computes at its limit.
        namespace: AWS/RDS
        metric: CPUUtilization
        dimensions: {DBInstanceIdentifier: shop-qa}
        statistic: Average
        comparison: GreaterThanThreshold
        threshold: 80
        period: 300
        evaluation_periods: 3
        datapoints_to_alarm: 3
        treat_missing_data: missing
        alarm_actions: []
        ok_actions: []
    owner_tags: {Project: shop, Environment: qa, Component: alarms}
    tags: {Project: shop, Environment: qa, Component: alarms}
"""

RETURN = r"""
names:
  description: Names of the alarms that were asked for.
  returned: always
  type: list
  elements: str
arns:
  description: ARNs of those that exist.
  returned: always
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
    compare_aws_tags,
)
from ansible_collections.groundwork.aws.plugins.module_utils.alarms import (
    asked,
    found,
    request,
)

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

Alarm = dict[str, Any]
TYPES = ["MetricAlarm", "CompositeAlarm"]
# DescribeAlarms and DeleteAlarms take so many names.
MOST_NAMES = 100


class Alarms:
    """The alarms that are asked for, those that stand, and the difference."""

    def __init__(self, module: AnsibleAWSModule) -> None:
        self.module = module
        self.params = module.params
        self.wanted: dict[str, Alarm] = {one["name"]: asked(one) for one in self.params["alarms"]}
        retry = AWSRetry.jittered_backoff(retries=8)
        self.client = module.client("cloudwatch", retry_decorator=retry)
        self.tagging = module.client("resourcegroupstaggingapi", retry_decorator=retry)
        self.diff: list[dict[str, Any]] = []

    def run(self) -> None:
        """Do what is asked for and end the module."""
        ours = self._tagged()
        current = self._standing([*self.wanted, *(arn.split(":", 6)[6] for arn in ours)])
        changes = self._changes(current, ours)
        gone = [
            (name, one)
            for name, one in current.items()
            if name not in self.wanted and one["arn"] in ours
        ]
        for name, one in gone:
            self._tell(name, one, _visible(one), {})
        if not self.module.check_mode:
            # A rule first lets go of what is deleted then.
            for change in changes:
                self._put(*change)
            self._delete(gone)
        now = (
            self._standing(list(self.wanted)) if changes and not self.module.check_mode else current
        )
        self.module.exit_json(
            changed=bool(self.diff),
            diff=self.diff,
            names=list(self.wanted),
            arns=[one["arn"] for name, one in now.items() if name in self.wanted],
        )

    def _tagged(self) -> dict[str, dict[str, str]]:
        """Tags of the owner's alarms by ARN; it may name some that are gone already."""
        filters = [{"Key": k, "Values": [v]} for k, v in self.params["owner_tags"].items()]
        pages = self.tagging.get_paginator("get_resources").paginate(
            TagFilters=filters, ResourceTypeFilters=["cloudwatch:alarm"]
        )
        return {
            item["ResourceARN"]: boto3_tag_list_to_ansible_dict(item["Tags"])
            for page in pages
            for item in page["ResourceTagMappingList"]
        }

    def _standing(self, names: list[str]) -> dict[str, Alarm]:
        """The alarms of these names that exist, by name."""
        unique = sorted(set(names))
        standing: dict[str, Alarm] = {}
        for start in range(0, len(unique), MOST_NAMES):
            some = unique[start : start + MOST_NAMES]
            pages = self.client.get_paginator("describe_alarms").paginate(
                AlarmNames=some, AlarmTypes=TYPES, MaxRecords=MOST_NAMES
            )
            for page in pages:
                for one in [*page.get("MetricAlarms", []), *page.get("CompositeAlarms", [])]:
                    standing[one["AlarmName"]] = found(one)
        return standing

    def _changes(
        self, current: dict[str, Alarm], ours: dict[str, dict[str, str]]
    ) -> list[tuple[str, Alarm | None, bool]]:
        """What is to be put: name, what stands, and whether more than its tags differs."""
        changes: list[tuple[str, Alarm | None, bool]] = []
        for name, wanted in self.wanted.items():
            standing = current.get(name)
            if standing is None or ("rule" in standing) != ("rule" in wanted):
                # A metric alarm and a composite one are two resources of one name.
                self._tell(name, wanted, {}, {**wanted, "tags": self.params["tags"]})
                changes.append((name, standing, True))
                continue
            standing["tags"] = self._tags(standing["arn"], ours)
            before = {k: standing.get(k) for k in wanted if standing.get(k) != wanted[k]}
            before |= {k: v for k, v in standing.items() if k not in {*wanted, "arn", "tags"}}
            after = {k: wanted.get(k) for k in before}
            add, remove = compare_aws_tags(standing["tags"], self.params["tags"], True)
            if add or remove:
                before["tags"], after["tags"] = standing["tags"], self.params["tags"]
            if before:
                self._tell(name, wanted, before, after)
                changes.append((name, standing, set(before) != {"tags"}))
        return changes

    def _tags(self, arn: str, ours: dict[str, dict[str, str]]) -> dict[str, str]:
        """Tags of one alarm: of one that the tagging API does not name (yet), the alarm's own."""
        if arn in ours and ours[arn] == self.params["tags"]:
            return ours[arn]
        tags = self.client.list_tags_for_resource(ResourceARN=arn, aws_retry=True)["Tags"]
        return boto3_tag_list_to_ansible_dict(tags)

    def _tell(self, name: str, alarm: Alarm, before: Alarm, after: Alarm) -> None:
        kind = "composite_alarm" if "rule" in alarm else "metric_alarm"
        header = {"before_header": name, "after_header": name}
        self.diff.append({"type": kind, "before": before, "after": after, **header})

    def _put(self, name: str, standing: Alarm | None, more: bool) -> None:
        wanted = self.wanted[name]
        if standing and ("rule" in standing) != ("rule" in wanted):
            self.client.delete_alarms(AlarmNames=[name], aws_retry=True)
            standing = None
        if more:
            arguments = request(name, wanted)
            if standing is None:
                arguments["Tags"] = ansible_dict_to_boto3_tag_list(self.params["tags"])
            put = "put_composite_alarm" if "rule" in wanted else "put_metric_alarm"
            getattr(self.client, put)(aws_retry=True, **arguments)
        if standing is not None:
            add, remove = compare_aws_tags(standing["tags"], self.params["tags"], True)
            if remove:
                self.client.untag_resource(
                    ResourceARN=standing["arn"], TagKeys=remove, aws_retry=True
                )
            if add:
                tags = ansible_dict_to_boto3_tag_list(add)
                self.client.tag_resource(ResourceARN=standing["arn"], Tags=tags, aws_retry=True)

    def _delete(self, gone: list[tuple[str, Alarm]]) -> None:
        # What others are part of goes first, and AWS takes one composite alarm at a time.
        for name in [name for name, one in gone if "rule" in one]:
            self.client.delete_alarms(AlarmNames=[name], aws_retry=True)
        names = [name for name, one in gone if "rule" not in one]
        for start in range(0, len(names), MOST_NAMES):
            some = names[start : start + MOST_NAMES]
            self.client.delete_alarms(AlarmNames=some, aws_retry=True)


def _visible(alarm: Alarm) -> Alarm:
    return {key: value for key, value in alarm.items() if key != "arn"}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "alarms": {"type": "list", "elements": "dict", "required": True},
            "owner_tags": {"type": "dict", "required": True},
            "tags": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    try:
        Alarms(module).run()
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg="cloudwatch_alarms")


if __name__ == "__main__":
    main()
