"""Flow logs know a folder of their bucket, and how their files are laid out.

API reference, CreateFlowLogs: `LogDestination` may name a folder (`bucket_ARN/subfolder/`),
`DestinationOptions` are kept and told by DescribeFlowLogs, and FlowLogAlreadyExists concerns one of
the same configuration *and* destination. moto 5.2 looks for a bucket of the whole name, drops the
options, and refuses any second one to a destination. Tagging API: their type is `vpc-flow-log`.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from moto.core.resource_tagging import TaggedResource
from moto.ec2.exceptions import FlowLogAlreadyExists
from moto.ec2.models import EC2Backend
from moto.ec2.models.flow_logs import FlowLogs as FlowLog
from moto.ec2.responses.flow_logs import FlowLogs
from moto.s3.models import s3_backends

from lab.emulator.mends import mend

DEFAULTS = {
    "FileFormat": "plain-text",
    "HiveCompatiblePartitions": False,
    "PerHourPartition": False,
}


def _configuration(one: FlowLog) -> dict[str, Any]:
    """What makes two flow logs the same."""
    names = ("log_destination", "traffic_type", "log_format", "max_aggregation_interval")
    return {name: getattr(one, name) for name in names} | one.destination_options


@mend(FlowLogs, "create_flow_logs")
def _create(original: Any, self: FlowLogs) -> Any:
    destination = self._get_param("LogDestination")
    if self._get_param("LogDestinationType") != "s3" or not destination:
        return original(self)
    options = DEFAULTS | (self._get_param("DestinationOptions") or {})
    standing = self.ec2_backend.flow_logs
    before = list(standing.values())
    answer = original(self)
    for identifier in answer.result["FlowLogIds"]:
        made = standing[identifier]
        made.destination_options = options
        for one in before:
            same = _configuration(one) == _configuration(made)
            if same and one.resource_id == made.resource_id:
                del standing[identifier]
                raise FlowLogAlreadyExists
    return answer


@mend(EC2Backend, "create_flow_logs")
def _to_a_folder(original: Any, self: EC2Backend, **asked: Any) -> Any:
    destination = asked["log_destination"]
    if asked["log_destination_type"] != "s3" or not destination:
        return original(self, **asked)
    bucket = destination.split(":", 5)[5].partition("/")[0]
    if bucket not in s3_backends[self.account_id][self.partition].buckets:
        said = f"LogDestination: {bucket} does not exist."
        return [], [(one, "400", said) for one in asked["resource_ids"]]
    # No other has this destination, so that moto compares none with it; nor is it a bucket's.
    apart = {"log_destination": str(uuid4()), "log_destination_type": "kinesis-data-firehose"}
    made, refused = original(self, **asked | apart)
    for one in made:
        one.log_destination, one.log_destination_type = destination, "s3"
        one.destination_options = DEFAULTS
    return made, refused


@mend(EC2Backend, "iter_tagged_resources")
def _tagged(original: Any, self: EC2Backend) -> Iterator[TaggedResource]:
    for one in original(self):
        if one.resource_type == "ec2:flow-logs":
            arn = one.arn.replace(":flow-logs/", ":vpc-flow-log/")
            yield TaggedResource(arn, one.tags, "ec2:vpc-flow-log")
        else:
            yield one


# Told by those too that go to no bucket.
FlowLog.destination_options = DEFAULTS  # type: ignore[attr-defined]
