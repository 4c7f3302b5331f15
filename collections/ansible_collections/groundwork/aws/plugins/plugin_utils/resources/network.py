"""VPC, internet gateway, subnet, route table, elastic address, NAT gateway, tags of any of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    filters,
    first,
    known,
    plain_tags,
    tags_of,
)

# What an id begins with -> the kind of resource it names.
PREFIXES = {
    "vpc": "vpc", "subnet": "subnet", "igw": "internet_gateway", "rtb": "route_table",
    "nat": "nat_gateway", "eipalloc": "elastic_ip", "sg": "security_group", "i": "instance",
    "vol": "volume", "eni": "network_interface", "ami": "image", "snap": "snapshot",
}  # fmt: skip


def named(item: dict[str, Any], identifier: str, properties: dict[str, Any]) -> Found:
    """A resource of EC2, named by its tag Name or by its id."""
    tags = plain_tags(item.get("Tags"))
    return Found(tags.get("Name") or item[identifier], properties, tags)


class Vpc(Kind):
    """A VPC: by its id, or by name and range."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        ec2 = clients["ec2"]
        if known(args, "vpc_id"):
            found = ec2.describe_vpcs(VpcIds=[args["vpc_id"]])["Vpcs"]
        elif known(args, "name", "cidr_block"):
            ranges = args["cidr_block"]
            wanted = ranges if isinstance(ranges, list) else [ranges]
            found = ec2.describe_vpcs(
                Filters=filters({"tag:Name": args["name"], "cidr-block": wanted[0]})
            )["Vpcs"]
        else:
            return None
        vpc = first(found)
        if vpc is None:
            return None
        properties = {"cidr_block": vpc["CidrBlock"], "tenancy": vpc["InstanceTenancy"]}
        for ours, theirs in (("dns_support", "Support"), ("dns_hostnames", "Hostnames")):
            if ours in args:
                answer = ec2.describe_vpc_attribute(
                    VpcId=vpc["VpcId"], Attribute=f"enableDns{theirs}"
                )
                properties[ours] = answer[f"EnableDns{theirs}"]["Value"]
        return named(vpc, "VpcId", properties)


class InternetGateway(Kind):
    """An internet gateway: the one attached to the VPC."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        if known(args, "internet_gateway_id"):
            answer = clients["ec2"].describe_internet_gateways(
                InternetGatewayIds=[args["internet_gateway_id"]]
            )
        elif known(args, "vpc_id"):
            answer = clients["ec2"].describe_internet_gateways(
                Filters=filters({"attachment.vpc-id": args["vpc_id"]})
            )
        else:
            return None
        gateway = first(answer["InternetGateways"])
        return gateway and named(gateway, "InternetGatewayId", {})


class Subnet(Kind):
    """A subnet: by VPC and range."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        if not known(args, "vpc_id", "cidr"):
            return None
        answer = clients["ec2"].describe_subnets(
            Filters=filters({"vpc-id": args["vpc_id"], "cidr-block": args["cidr"]})
        )
        subnet = first(answer["Subnets"])
        if subnet is None:
            return None
        properties = {
            "az": subnet["AvailabilityZone"],
            "map_public": subnet["MapPublicIpOnLaunch"],
            "assign_instances_ipv6": subnet.get("AssignIpv6AddressOnCreation", False),
        }
        return named(subnet, "SubnetId", properties)


class RouteTable(Kind):
    """A route table: by its id, or as the module finds it, by all the tags."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        ec2 = clients["ec2"]
        if args.get("lookup") == "id":
            if not known(args, "route_table_id"):
                return None
            found = ec2.describe_route_tables(RouteTableIds=[args["route_table_id"]])["RouteTables"]
        elif known(args, "vpc_id") and tags_of(args):
            in_vpc = filters({"vpc-id": args["vpc_id"]})
            found = [
                table
                for table in ec2.describe_route_tables(Filters=in_vpc)["RouteTables"]
                if tags_of(args).items() <= plain_tags(table["Tags"]).items()
            ]
        else:
            return None
        table = first(found)
        if table is None:
            return None
        properties = {
            "routes": [route(item) for item in table["Routes"] if not is_given(item)],
            "subnets": [a["SubnetId"] for a in table["Associations"] if a.get("SubnetId")],
        }
        return named(table, "RouteTableId", properties)

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        asked.pop("route_table_id", None)
        if "routes" in asked:
            asked["routes"] = [
                f"{item.get('dest') or item.get('destination_cidr_block')} -> {target(item)}"
                for item in asked["routes"]
            ]
        return asked


def is_given(item: dict[str, Any]) -> bool:
    """Whether AWS keeps this route itself."""
    return item.get("GatewayId") == "local" or item.get("Origin") == "EnableVgwRoutePropagation"


def route(item: dict[str, Any]) -> str:
    """A route in a line: «0.0.0.0/0 -> igw-0123»."""
    goal = item.get("DestinationCidrBlock") or item.get("DestinationIpv6CidrBlock")
    goal = goal or item.get("DestinationPrefixListId")
    by = ("GatewayId", "NatGatewayId", "TransitGatewayId", "InstanceId", "NetworkInterfaceId")
    by = (*by, "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId")
    return f"{goal} -> {next((item[key] for key in by if item.get(key)), 'nothing')}"


def target(item: dict[str, Any]) -> Any:
    """Where a route of the module's arguments leads."""
    keys = ("gateway_id", "instance_id", "network_interface_id", "vpc_peering_connection_id")
    return next((item[key] for key in (*keys, "transit_gateway_id") if item.get(key)), "nothing")


class ElasticAddress(Kind):
    """An elastic address: by itself; one that is only asked for by tags is new."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        if not known(args, "public_ip"):
            return None
        answer = clients["ec2"].describe_addresses(PublicIps=[args["public_ip"]])
        address = first(answer["Addresses"])
        return address and named(address, "PublicIp", {})

    def asked(self, args: Arguments) -> dict[str, Any]:
        return {}


class NatGateway(Kind):
    """A NAT gateway: by its id, or by its subnet and address."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        ec2 = clients["ec2"]
        if known(args, "nat_gateway_id"):
            found = ec2.describe_nat_gateways(NatGatewayIds=[args["nat_gateway_id"]])["NatGateways"]
        elif known(args, "subnet_id"):
            states = ["pending", "available"]
            answer = ec2.describe_nat_gateways(
                Filters=filters({"subnet-id": args["subnet_id"], "state": states})
            )
            found = [gateway for gateway in answer["NatGateways"] if self._is(gateway, args)]
        else:
            return None
        gateway = first(found)
        return gateway and named(gateway, "NatGatewayId", {})

    @staticmethod
    def _is(gateway: dict[str, Any], args: Arguments) -> bool:
        wanted = args.get("allocation_id")
        has = [address.get("AllocationId") for address in gateway["NatGatewayAddresses"]]
        return not wanted or wanted in has


class Tags(Kind):
    """The tags of any resource of EC2: the change is that resource's own."""

    service = "ec2"
    purge_tags = False

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        resource = str(args["resource"])
        answer = clients["ec2"].describe_tags(Filters=filters({"resource-id": resource}))
        tags = plain_tags(answer["Tags"])
        return Found(tags.get("Name") or resource, {}, tags)

    def type_of(self, args: Arguments) -> str:
        return PREFIXES.get(str(args["resource"]).rpartition("-")[0], self.type)

    def name(self, args: Arguments) -> str | None:
        return tags_of(args).get("Name")


KINDS: dict[str, Kind] = {
    "amazon.aws.ec2_eip": ElasticAddress("elastic_ip"),
    "amazon.aws.ec2_tag": Tags("tags", "resource"),
    "amazon.aws.ec2_vpc_igw": InternetGateway("internet_gateway"),
    "amazon.aws.ec2_vpc_nat_gateway": NatGateway("nat_gateway"),
    "amazon.aws.ec2_vpc_net": Vpc("vpc"),
    "amazon.aws.ec2_vpc_route_table": RouteTable("route_table"),
    "amazon.aws.ec2_vpc_subnet": Subnet("subnet"),
}
