"""Alarms are kept as CloudWatch keeps them."""

from collections.abc import Callable
from typing import Any

from pytest import fixture, raises

Aws = Callable[[str], Any]
TAGS = [{"Key": "Project", "Value": "shop"}]
RULE = 'ALARM("shop-cpu") OR FALSE'


@fixture
def alarms(aws: Aws) -> Any:
    """CloudWatch with a metric alarm, and a composite one of it."""
    cloudwatch = aws("cloudwatch")
    put(cloudwatch, 80)
    cloudwatch.put_composite_alarm(AlarmName="shop-down", AlarmRule=RULE, Tags=TAGS)
    return cloudwatch


def put(cloudwatch: Any, threshold: float, **more: Any) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName="shop-cpu",
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=300,
        EvaluationPeriods=3,
        Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold",
        Tags=TAGS,
        **more,
    )


def test_a_composite_alarm_is_described_by_its_rule(alarms: Any) -> None:
    answer = alarms.describe_alarms(AlarmTypes=["CompositeAlarm"])
    assert [one["AlarmRule"] for one in answer["CompositeAlarms"]] == [RULE]
    assert answer["MetricAlarms"] == []


def test_composite_alarms_are_told_only_when_asked_for(alarms: Any) -> None:
    answer = alarms.describe_alarms()
    assert [one["AlarmName"] for one in answer["MetricAlarms"]] == ["shop-cpu"]
    assert answer["CompositeAlarms"] == []
    both = alarms.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert [len(both[key]) for key in ("MetricAlarms", "CompositeAlarms")] == [1, 1]


def test_an_alarm_that_is_put_again_keeps_its_state_and_tags(alarms: Any) -> None:
    (one,) = alarms.describe_alarms()["MetricAlarms"]
    assert one["StateValue"] == "INSUFFICIENT_DATA"
    alarms.set_alarm_state(AlarmName="shop-cpu", StateValue="ALARM", StateReason="a test")
    alarms.untag_resource(ResourceARN=one["AlarmArn"], TagKeys=["Project"])
    put(alarms, 90)
    (again,) = alarms.describe_alarms()["MetricAlarms"]
    assert (again["StateValue"], again["Threshold"]) == ("ALARM", 90)
    assert alarms.list_tags_for_resource(ResourceARN=one["AlarmArn"])["Tags"] == []


def test_a_deleted_alarms_tags_go_with_it(aws: Aws, alarms: Any) -> None:
    alarms.delete_alarms(AlarmNames=["shop-down", "shop-cpu"])
    alarms.put_composite_alarm(AlarmName="shop-down", AlarmRule="FALSE")
    found = aws("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["cloudwatch:alarm"])
    assert [one for one in found["ResourceTagMappingList"] if one["Tags"]] == []


def test_a_dashboard_carries_the_tags_that_it_was_made_with(aws: Aws) -> None:
    cloudwatch, arn = aws("cloudwatch"), "arn:aws:cloudwatch::123456789012:dashboard/shop"
    for tags in (TAGS, [{"Key": "Project", "Value": "ignored"}]):
        cloudwatch.put_dashboard(DashboardName="shop", DashboardBody="{}", Tags=tags)
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == TAGS
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "Owner", "Value": "me"}])
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["Project"])
    found = aws("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert {one["ResourceARN"]: one["Tags"] for one in found if one["Tags"]} == {
        arn: [{"Key": "Owner", "Value": "me"}]
    }
    cloudwatch.delete_dashboards(DashboardNames=["shop"])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_saved_queries_are_found_by_their_folder(aws: Aws) -> None:
    logs = aws("logs")
    asked = {"queryString": "fields @message", "logGroupNames": ["/shop/api"]}
    identifier = logs.put_query_definition(name="shop/errors", **asked)["queryDefinitionId"]
    logs.put_query_definition(name="other/errors", **asked)
    logs.put_query_definition(
        name="shop/errors", queryDefinitionId=identifier, queryString="limit 1"
    )
    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix="shop/")[
        "queryDefinitions"
    ]
    assert (found["queryDefinitionId"], found["queryString"]) == (identifier, "limit 1")
    logs.delete_query_definition(queryDefinitionId=identifier)
    assert (
        logs.describe_query_definitions(queryDefinitionNamePrefix="shop/")["queryDefinitions"] == []
    )


def test_a_metric_filter_is_one_by_its_name_and_goes_with_its_group(aws: Aws) -> None:
    logs = aws("logs")
    counted = [{"metricName": "Errors", "metricNamespace": "shop", "metricValue": "1"}]
    logs.create_log_group(logGroupName="/shop/api")
    for pattern in ("ERROR", "FATAL"):
        logs.put_metric_filter(
            logGroupName="/shop/api",
            filterName="errors",
            filterPattern=pattern,
            metricTransformations=counted,
        )
    found = logs.describe_metric_filters(logGroupName="/shop/api")["metricFilters"]
    assert [one["filterPattern"] for one in found] == ["FATAL"]
    logs.delete_log_group(logGroupName="/shop/api")
    logs.create_log_group(logGroupName="/shop/api")
    assert logs.describe_metric_filters(logGroupName="/shop/api")["metricFilters"] == []


def test_a_log_group_takes_a_key_and_gives_it_back(aws: Aws) -> None:
    logs = aws("logs")
    key = "arn:aws:kms:us-east-1:123456789012:key/1"

    def kept() -> str | None:
        (group,) = logs.describe_log_groups(logGroupNamePrefix="/shop/web")["logGroups"]
        return group.get("kmsKeyId")

    logs.create_log_group(logGroupName="/shop/web")
    logs.associate_kms_key(logGroupName="/shop/web", kmsKeyId=key)
    assert kept() == key
    logs.disassociate_kms_key(logGroupName="/shop/web")
    assert kept() is None
    with raises(logs.exceptions.ResourceNotFoundException):
        logs.disassociate_kms_key(logGroupName="/shop/none")
