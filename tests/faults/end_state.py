"""What an account holds, in a form in which two accounts can be compared."""

from __future__ import annotations

import re
from collections import Counter

from tests.provisioning.conftest import Account


def end_state(account: Account) -> Counter:
    """How many there are of each kind and name of resource, as the services tell them."""
    ec2, found = account.client("ec2"), Counter()

    def add(kind: str, items: list, *keys: str) -> None:
        for item in items:
            tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
            found[(kind, tags.get("Name", ""), *(str(item.get(key)) for key in keys))] += 1

    add("vpc", ec2.describe_vpcs()["Vpcs"], "CidrBlock")
    add("subnet", ec2.describe_subnets()["Subnets"], "CidrBlock")
    add("gateway", ec2.describe_internet_gateways()["InternetGateways"])
    add("address", ec2.describe_addresses()["Addresses"])
    add("nat", ec2.describe_nat_gateways()["NatGateways"], "State")
    for table in ec2.describe_route_tables()["RouteTables"]:
        add("table", [table])
        found["routes"] += len(table["Routes"])
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        add("group", [group], "GroupName")
        found["rules"] += len(group["IpPermissions"]) + len(group["IpPermissionsEgress"])
    for reservation in ec2.describe_instances()["Reservations"]:
        add("instance", reservation["Instances"], "InstanceType")
    pages = account.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate()
    for page in pages:
        for item in page["ResourceTagMappingList"]:
            tags = {tag["Key"]: tag["Value"] for tag in item["Tags"]}
            kind = re.split(r"[:/]", item["ResourceARN"].split(":", 5)[5])[0]
            found[(item["ResourceARN"].split(":")[2], kind, tags.get("Component"))] += 1
    for role in account.client("iam").list_roles()["Roles"]:
        found[("role", role["RoleName"])] += 1
    for zone in account.client("route53").list_hosted_zones()["HostedZones"]:
        records = account.client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])
        for record in records["ResourceRecordSets"]:
            found[("record", record["Name"], record["Type"])] += 1
    return found
