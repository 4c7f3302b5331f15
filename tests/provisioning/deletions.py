"""What a person deletes by hand in an environment that is half made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drifts.found import PREFIX, by_name


def delete_some(client: Callable[[str], Any]) -> set[tuple[str, str]]:
    """Delete a NAT gateway, a subnet, a log group, a bucket; returns type and name of each."""
    ec2 = client("ec2")
    nat = by_name(client, "describe_nat_gateways", "NatGateways", f"{PREFIX}-nat-a")
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    subnet = by_name(client, "describe_subnets", "Subnets", f"{PREFIX}-private-b")["SubnetId"]
    for table in ec2.describe_route_tables()["RouteTables"]:
        for association in table["Associations"]:
            if association.get("SubnetId") == subnet:
                ec2.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    ec2.delete_subnet(SubnetId=subnet)
    client("logs").delete_log_group(logGroupName="/milky-way-admin-panel/qa/web")
    buckets = [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]
    (access_logs,) = [name for name in buckets if "access-logs" in name]
    client("s3").delete_bucket(Bucket=access_logs)
    return {
        ("nat_gateway", f"{PREFIX}-nat-a"),
        ("subnet", f"{PREFIX}-private-b"),
        ("log_group", "/milky-way-admin-panel/qa/web"),
        ("s3_bucket", access_logs),
    }
