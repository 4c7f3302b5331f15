"""Composite alarms are put and described; an alarm that is put again keeps its state and tags.

API reference, PutCompositeAlarm: moto 5.2 has no such operation, though its alarms may have a rule.
DescribeAlarms, AlarmTypes: composite alarms are answered where they are asked for; moto answers
them always. PutMetricAlarm, Tags: «If you are using this operation to update an existing alarm, any
tags you specify in this parameter are ignored»; moto adds them. A new alarm has no data:
INSUFFICIENT_DATA, moto says OK. DeleteAlarms takes the tags with the alarm: moto gives them to the
next one of its name.
"""

from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from lab.emulator.mends import add, mend

STATE = ("state_reason", "state_reason_data", "state_value", "state_updated_timestamp", "history")


@add(CloudWatchResponse)
def put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    """PutCompositeAlarm: moto reads AlarmRule among the parameters of a metric alarm."""
    return self.put_metric_alarm()


@mend(CloudWatchBackend, "put_metric_alarm")
def _put(original: Any, self: CloudWatchBackend, **arguments: Any) -> Alarm:
    before = self.alarms.get(arguments["name"])
    if before is not None:
        arguments["tags"] = None
    alarm = original(self, **arguments)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    else:
        for name in STATE:
            setattr(alarm, name, getattr(before, name))
    return alarm


@mend(CloudWatchBackend, "delete_alarms")
def _delete(original: Any, self: CloudWatchBackend, alarm_names: list[str]) -> None:
    for name in alarm_names:
        if name in self.alarms:
            self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
    original(self, alarm_names)


@mend(CloudWatchResponse, "describe_alarms")
def _describe(original: Any, self: CloudWatchResponse) -> ActionResult:
    wanted = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
    result = original(self).result
    kinds = {"MetricAlarms": "MetricAlarm", "CompositeAlarms": "CompositeAlarm"}
    answer = {key: result[key] if kind in wanted else [] for key, kind in kinds.items()}
    for one in answer["CompositeAlarms"]:
        one.alarm_rule = one.rule
    return ActionResult(answer)
