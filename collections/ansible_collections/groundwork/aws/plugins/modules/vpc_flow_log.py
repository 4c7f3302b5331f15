#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage a flow log of a VPC that is delivered to S3."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: vpc_flow_log
short_description: Manage a flow log of a VPC that is delivered to S3
description:
  - Keeps a flow log of a VPC, and its tags, as asked. It is known by its tag C(Name); one without a name is taken for it where it
    goes to the same destination.
  - AWS changes nothing of a flow log but its tags. Where a property differs, a new one is made and then the old one deleted, so
    that no minute goes unlogged. What an interrupted run left besides is deleted too.
  - A flow log that AWS cannot deliver is a warning, with AWS's reason.
  - Written because neither amazon.aws nor community.aws has a module for flow logs.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: The tag C(Name) of the flow log.
    type: str
    required: true
  vpc_id:
    description:
      - The VPC. Required with O(state=present).
      - With O(state=absent) and without it, all flow logs of this name go that carry O(tags).
    type: str
  destination:
    description:
      - ARN of the bucket, with a folder where one is wanted, as in C(arn:aws:s3:::shop-logs/flow-logs).
      - Required with O(state=present). The bucket's policy must let C(delivery.logs.amazonaws.com) write.
    type: str
  traffic:
    description: What is logged.
    type: str
    choices: [ALL, ACCEPT, REJECT]
    default: ALL
  interval:
    description: Seconds over which the packets of a connection are put together at most.
    type: int
    choices: [60, 600]
    default: 600
  file_format:
    description: Form of the files.
    type: str
    choices: [plain-text, parquet]
    default: plain-text
  partitions:
    description:
      - How the files are laid out by time. V(day) and V(hour) make a folder for each, V(hive-day) and V(hive-hour) name them
        as Hive and Athena read partitions.
    type: str
    choices: [day, hour, hive-day, hive-hour]
    default: day
  fields:
    description: The fields of a line, in this order. AWS's own choice where it is not given.
    type: list
    elements: str
    default: [version, account-id, interface-id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, end, action, log-status]
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Log who talks to whom
  groundwork.aws.vpc_flow_log:
    name: shop-qa
    vpc_id: vpc-0123456789abcdef0
    destination: arn:aws:s3:::shop-qa-access-logs/flow-logs
    file_format: parquet
"""

RETURN = r"""
name:
  description: The tag C(Name).
  returned: when it exists
  type: str
flow_log_id:
  description: Id of the flow log.
  returned: when it exists
  type: str
delivery:
  description: Whether AWS can deliver it, V(SUCCESS) or V(FAILED).
  returned: when AWS tells
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
    pass  # AnsibleAWSModule reports the missing library

FIELDS = (
    *("version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport"),
    *("protocol", "packets", "bytes", "start", "end", "action", "log-status"),
)
PROPERTIES = ("vpc_id", "destination", "traffic", "interval", "file_format", "partitions", "fields")
PARTITIONS = {
    "day": (False, False),
    "hour": (False, True),
    "hive-day": (True, False),
    "hive-hour": (True, True),
}


class FlowLog(Resource):
    """A flow log, identified by its tag Name and its VPC."""

    service = "ec2"

    def __init__(self, module: AnsibleAWSModule) -> None:
        super().__init__(module)
        # Its name is a tag, so it is among those that are kept.
        if self.params["tags"] is None:
            self.params["purge_tags"] = False
        self.params["tags"] = {**(self.params["tags"] or {}), "Name": self.params["name"]}

    def describe(self) -> dict[str, Any] | None:
        found = [one for one in map(self._described, self._found()) if self._is_it(one)]
        if not found:
            return None
        # Of two that an interrupted run left, the one that is as asked stays, else the younger.
        kept = next((one for one in found if self._is_asked(one)), found[-1])
        rest = [one["flow_log_id"] for one in found if one is not kept]
        return {**kept, "duplicates": sorted(rest)}

    def _found(self) -> list[dict[str, Any]]:
        """What may be it, the eldest first."""
        wanted = {"resource-id": self.params["vpc_id"]}
        if self.params["state"] == "absent":
            wanted |= {f"tag:{key}": value for key, value in self.params["tags"].items()}
        pages = self.client.get_paginator("describe_flow_logs").paginate(
            Filter=[{"Name": key, "Values": [str(value)]} for key, value in wanted.items() if value]
        )
        found = [one for page in pages for one in page["FlowLogs"]]
        return sorted(found, key=lambda one: str(one["CreationTime"]))

    def _is_it(self, described: dict[str, Any]) -> bool:
        name = described["tags"].get("Name")
        # AWS refuses a second one of the same configuration, so one that lost its name is met again.
        nameless = name is None and described["destination"] == self._destination()
        return name == self.params["name"] or nameless

    def _destination(self) -> str:
        return (self.params["destination"] or "").rstrip("/")

    def _described(self, found: dict[str, Any]) -> dict[str, Any]:
        options = found.get("DestinationOptions", {})
        layout = tuple(
            bool(options.get(name)) for name in ("HiveCompatiblePartitions", "PerHourPartition")
        )
        return {
            "name": self.params["name"],
            "flow_log_id": found["FlowLogId"],
            "vpc_id": found["ResourceId"],
            "destination": found.get("LogDestination", "").rstrip("/"),
            "traffic": found["TrafficType"],
            "interval": found["MaxAggregationInterval"],
            "file_format": options.get("FileFormat", "plain-text"),
            "partitions": next(name for name, one in PARTITIONS.items() if one == layout),
            "fields": " ".join(part.strip("${}") for part in found["LogFormat"].split()),
            "delivery": found.get("DeliverLogsStatus"),
            "problem": found.get("DeliverLogsErrorMessage"),
            "tags": boto3_tag_list_to_ansible_dict(found.get("Tags", [])),
        }

    def _is_asked(self, described: dict[str, Any]) -> bool:
        wanted = self.desired()
        return all(described[key] == wanted[key] for key in PROPERTIES)

    def desired(self) -> dict[str, Any]:
        given = {name: self.params[name] for name in PROPERTIES}
        # As one text, since a plan shows lists in an order of its own.
        fields = " ".join(self.params["fields"])
        return {**given, "destination": self._destination(), "fields": fields, "duplicates": []}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        hive, hourly = PARTITIONS[properties["partitions"]]
        answer = self.client.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[properties["vpc_id"]],
            TrafficType=properties["traffic"],
            LogDestinationType="s3",
            LogDestination=properties["destination"],
            LogFormat=" ".join(f"${{{field}}}" for field in properties["fields"].split()),
            MaxAggregationInterval=properties["interval"],
            DestinationOptions={
                "FileFormat": properties["file_format"],
                "HiveCompatiblePartitions": hive,
                "PerHourPartition": hourly,
            },
            TagSpecifications=[
                {"ResourceType": "vpc-flow-log", "Tags": ansible_dict_to_boto3_tag_list(tags)}
            ],
            aws_retry=True,
        )
        # AWS answers 200 where it made none.
        for refused in answer.get("Unsuccessful", []):
            self.module.fail_json(
                msg=f"AWS does not log {refused['ResourceId']} to {properties['destination']}: "
                f"{refused['Error'].get('Message')}"
            )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        stale = list(current["duplicates"])
        if changes.keys() & set(PROPERTIES):
            stale.append(current["flow_log_id"])
            self._replace(current)
        self._delete(stale)

    def _replace(self, current: dict[str, Any]) -> None:
        tags = {**current["tags"], **self.params["tags"]}
        try:
            self.create(self.desired(), tags)
        except ClientError as error:
            # What AWS takes for the same cannot stand side by side: then there is a gap of seconds.
            if error_code(error) != "FlowLogAlreadyExists":
                raise
            self._delete([current["flow_log_id"]])
            self.create(self.desired(), tags)

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        standing = self.describe() or current
        named = {"Resources": [standing["flow_log_id"]], "aws_retry": True}
        if remove:
            self.client.delete_tags(Tags=[{"Key": key} for key in remove], **named)
        if add:
            self.client.create_tags(Tags=ansible_dict_to_boto3_tag_list(add), **named)

    def delete(self, current: dict[str, Any]) -> None:
        self._delete([current["flow_log_id"], *current["duplicates"]])

    def _delete(self, ids: list[str]) -> None:
        for identifier in ids:
            try:
                answer = self.client.delete_flow_logs(FlowLogIds=[identifier], aws_retry=True)
            except ClientError as error:
                if error_code(error) != "InvalidFlowLogId.NotFound":
                    raise
                continue
            for refused in answer.get("Unsuccessful", []):
                self.module.fail_json(
                    msg=f"AWS does not delete {identifier}: {refused['Error'].get('Message')}"
                )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        if not current:
            return {}
        if current["delivery"] == "FAILED":
            self.module.warn(
                f"AWS cannot deliver the flow log {current['name']} to {current['destination']}: "
                f"{current['problem']}"
            )
        return {key: current[key] for key in ("name", "flow_log_id", "delivery")}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "vpc_id": {"type": "str"},
            "destination": {"type": "str"},
            "traffic": {"type": "str", "choices": ["ALL", "ACCEPT", "REJECT"], "default": "ALL"},
            "interval": {"type": "int", "choices": [60, 600], "default": 600},
            "file_format": {
                "type": "str",
                "choices": ["plain-text", "parquet"],
                "default": "plain-text",
            },
            "partitions": {"type": "str", "choices": list(PARTITIONS), "default": "day"},
            "fields": {"type": "list", "elements": "str", "default": list(FIELDS)},
        },
        required_if=[("state", "present", ["vpc_id", "destination"])],
        supports_check_mode=True,
    )
    FlowLog(module).run()


if __name__ == "__main__":
    main()
