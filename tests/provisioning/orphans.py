"""What somebody made by hand in an environment's name, and that no component declares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from drifts.found import PREFIX, Client, by_name

TAGS = {"Project": "milky-way-admin-panel", "Environment": "qa"}
ACCOUNT = "123456789012"


@contextmanager
def orphans(client: Client) -> Iterator[set[str]]:
    """Such resources of seven kinds, by their ids, as long as it lasts."""
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    s3, ec2 = client("s3"), client("ec2")
    s3.create_bucket(Bucket=f"{PREFIX}-media")
    s3.put_bucket_tagging(Bucket=f"{PREFIX}-media", Tagging={"TagSet": tags})
    client("iam").create_role(
        RoleName=f"{PREFIX}-old", AssumeRolePolicyDocument='{"Version": "2012-10-17"}', Tags=tags
    )
    address = ec2.allocate_address(
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}]
    )["AllocationId"]
    budget = {"BudgetName": "old", "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    client("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget={**budget, "BudgetLimit": {"Amount": "1", "Unit": "USD"}},
        ResourceTags=tags,
    )
    client("scheduler").create_schedule_group(Name="old-nights", Tags=tags)
    client("cloudwatch").put_composite_alarm(AlarmName="by-hand", AlarmRule="FALSE", Tags=tags)
    (flows,) = ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[by_name(client, "describe_vpcs", "Vpcs", PREFIX)["VpcId"]],
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{PREFIX}-media",
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": tags}],
    )["FlowLogIds"]
    named = {"by-hand", f"{PREFIX}-media", f"{PREFIX}-old", "old", "old-nights"}
    try:
        yield {*named, flows, address}
    finally:
        ec2.delete_flow_logs(FlowLogIds=[flows])
        client("cloudwatch").delete_alarms(AlarmNames=["by-hand"])
        client("scheduler").delete_schedule_group(Name="old-nights")
        client("budgets").delete_budget(AccountId=ACCOUNT, BudgetName="old")
        ec2.release_address(AllocationId=address)
        client("iam").delete_role(RoleName=f"{PREFIX}-old")
        s3.delete_bucket(Bucket=f"{PREFIX}-media")
