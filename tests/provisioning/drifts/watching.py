"""The topic, who is told through it, the alarms, the dashboard, saved queries."""

from __future__ import annotations

import json

from drifts.found import OWNER, PREFIX, Client, Properties

TOPIC = f"{PREFIX}-notifications"
ALARM = f"{PREFIX}-database-cpu"
MATH = f"{PREFIX}-load-balancer-error-rate"
DOWN = f"{PREFIX}-service-down"
OURS = ("Project", "Environment", "Component")
STALE = ("metric_alarm", f"{PREFIX}-old")
"""Type and name of an alarm that is no longer asked for."""


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    return drift_topic(client) | drift_alarms(client) | drift_dashboard(client)


def drift_topic(client: Client) -> Properties:
    """Who may write to it, how it is encrypted, who listens, whose it is."""
    sns = client("sns")
    arn = next(t["TopicArn"] for t in sns.list_topics()["Topics"] if t["TopicArn"].endswith(TOPIC))
    for name in ("Policy", "KmsMasterKeyId"):
        value = '{"Version": "2012-10-17", "Statement": []}' if name == "Policy" else "alias/other"
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    # A queue needs no confirmation, so it listens at once.
    queue = "arn:aws:sqs:us-east-1:123456789012:somebody"
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
    sns.tag_resource(ResourceArn=arn, Tags=[OWNER])
    changed = ("policy", "kms_key_id", "subscriptions", "tags.Owner")
    return {("sns_topic", TOPIC, one) for one in changed}


def drift_alarms(client: Client) -> Properties:
    """When they ring, whom they tell, what they look at, whose they are; and one too many."""
    cloudwatch = client("cloudwatch")
    standing = described(client)
    put_again(client, standing[ALARM], Threshold=99.0, AlarmActions=[])
    metrics = [
        {**part, "Expression": "0"} if "Expression" in part else part
        for part in standing[MATH]["Metrics"]
    ]
    put_again(client, standing[MATH], Metrics=metrics)
    same = kept(standing[DOWN], "AlarmDescription", "AlarmActions", "OKActions")
    cloudwatch.put_composite_alarm(AlarmName=DOWN, AlarmRule="FALSE", **same)
    cloudwatch.disable_alarm_actions(AlarmNames=[MATH])
    cloudwatch.tag_resource(ResourceARN=standing[DOWN]["AlarmArn"], Tags=[OWNER])
    cloudwatch.untag_resource(ResourceARN=standing[MATH]["AlarmArn"], TagKeys=["Component"])
    tags = cloudwatch.list_tags_for_resource(ResourceARN=standing[ALARM]["AlarmArn"])["Tags"]
    put_again(
        client,
        standing[ALARM],
        AlarmName=STALE[1],
        Tags=[tag for tag in tags if tag["Key"] in OURS],
    )
    return {
        ("metric_alarm", ALARM, "threshold"),
        ("metric_alarm", ALARM, "alarm_actions"),
        ("metric_alarm", MATH, "metrics"),
        ("metric_alarm", MATH, "actions_enabled"),
        ("metric_alarm", MATH, "tags.Component"),
        ("composite_alarm", DOWN, "rule"),
        ("composite_alarm", DOWN, "tags.Owner"),
    }


def drift_dashboard(client: Client) -> Properties:
    """A widget that shows something else, one more, one less; and a saved query."""
    cloudwatch, logs = client("cloudwatch"), client("logs")
    body = json.loads(cloudwatch.get_dashboard(DashboardName=PREFIX)["DashboardBody"])
    widgets = {one["properties"]["title"]: one for one in body["widgets"]}
    widgets["Errors"]["properties"]["period"] = 60
    del widgets["Newest errors"]
    mine = {"type": "text", "properties": {"markdown": "mine"}}
    body["widgets"] = [*widgets.values(), mine]
    cloudwatch.put_dashboard(DashboardName=PREFIX, DashboardBody=json.dumps(body))
    folder = "milky-way-admin-panel/qa/"
    found = logs.describe_query_definitions(queryDefinitionNamePrefix=f"{folder}errors")
    query = next(q for q in found["queryDefinitions"] if q["name"] == f"{folder}errors")
    logs.put_query_definition(
        name=query["name"], queryDefinitionId=query["queryDefinitionId"], queryString="limit 1"
    )
    return {
        ("dashboard", PREFIX, "widgets.Errors"),
        ("dashboard", PREFIX, "widgets.Newest errors"),
        ("dashboard", PREFIX, "widgets.text"),
        ("log_query", f"{folder}errors", "query"),
        ("log_query", f"{folder}errors", "log_groups"),
    }


def described(client: Client) -> dict:
    """The alarms by name, as CloudWatch answers."""
    types = ["MetricAlarm", "CompositeAlarm"]
    answer = client("cloudwatch").describe_alarms(AlarmTypes=types)
    return {a["AlarmName"]: a for a in [*answer["MetricAlarms"], *answer["CompositeAlarms"]]}


def kept(alarm: dict, *names: str) -> dict:
    """Of what CloudWatch answers, what it takes as well."""
    return {name: alarm[name] for name in names if name in alarm}


def put_again(client: Client, alarm: dict, **changed: object) -> None:
    """Put a metric alarm with something changed, as the console does."""
    same = kept(
        alarm,
        *("AlarmName", "AlarmDescription", "AlarmActions", "OKActions", "Namespace", "MetricName"),
        *("Dimensions", "Statistic", "Period", "EvaluationPeriods", "DatapointsToAlarm"),
        *("Threshold", "ComparisonOperator", "TreatMissingData"),
    )
    if alarm.get("Metrics"):
        for name in ("Namespace", "MetricName", "Dimensions", "Statistic", "Period"):
            same.pop(name, None)
        same["Metrics"] = alarm["Metrics"]
    client("cloudwatch").put_metric_alarm(**same | changed)
