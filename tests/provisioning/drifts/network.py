"""The VPC, its subnets, routes, gateways and rules."""

from __future__ import annotations

from drifts.found import OWNER, PREFIX, Client, Properties, by_name, security_group, subnet

ANYBODY = {
    "IpProtocol": "tcp",
    "FromPort": 8080,
    "ToPort": 8080,
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
}


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    ec2 = client("ec2")
    vpc = by_name(client, "describe_vpcs", "Vpcs", PREFIX)["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    gateway = by_name(client, "describe_internet_gateways", "InternetGateways", PREFIX)
    address = by_name(client, "describe_addresses", "Addresses", f"{PREFIX}-nat-a")
    named = [vpc, subnet(client, "private-a"), address["AllocationId"]]
    ec2.create_tags(Resources=named, Tags=[OWNER])
    ec2.create_tags(Resources=[gateway["InternetGatewayId"]], Tags=[{"Key": "Extra", "Value": "1"}])
    ec2.modify_subnet_attribute(
        SubnetId=subnet(client, "public-a"), MapPublicIpOnLaunch={"Value": False}
    )
    nat = by_name(client, "describe_nat_gateways", "NatGateways", f"{PREFIX}-nat-a")
    ec2.delete_tags(Resources=[nat["NatGatewayId"]], Tags=[{"Key": "CostCenter"}])
    return {
        ("vpc", PREFIX, "dns_hostnames"),
        ("vpc", PREFIX, "dns_support"),
        ("vpc", PREFIX, "tags.Owner"),
        ("internet_gateway", PREFIX, "tags.Extra"),
        ("elastic_ip", f"{PREFIX}-nat-a", "tags.Owner"),
        ("subnet", f"{PREFIX}-public-a", "map_public"),
        ("subnet", f"{PREFIX}-private-a", "tags.Owner"),
        ("nat_gateway", f"{PREFIX}-nat-a", "tags.CostCenter"),
        *drift_routes(client),
        *drift_rules(client),
        *drift_flow_log(client),
    }


def drift_routes(client: Client) -> Properties:
    """A way out is gone, another one is there; two subnets have no table, or another one."""
    ec2 = client("ec2")
    private, public = (
        by_name(client, "describe_route_tables", "RouteTables", f"{PREFIX}-{name}")
        for name in ("private", "public")
    )
    ec2.delete_route(RouteTableId=private["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    ec2.create_tags(Resources=[private["RouteTableId"]], Tags=[OWNER])
    gateway = by_name(client, "describe_internet_gateways", "InternetGateways", PREFIX)
    ec2.create_route(
        RouteTableId=public["RouteTableId"],
        DestinationCidrBlock="198.51.100.0/24",
        GatewayId=gateway["InternetGatewayId"],
    )
    first, second = (one["RouteTableAssociationId"] for one in public["Associations"])
    ec2.disassociate_route_table(AssociationId=first)
    ec2.replace_route_table_association(AssociationId=second, RouteTableId=private["RouteTableId"])
    return {
        ("route_table", f"{PREFIX}-private", "subnets"),
        ("route_table", f"{PREFIX}-private", "routes"),
        ("route_table", f"{PREFIX}-private", "tags.Owner"),
        ("route_table", f"{PREFIX}-public", "routes"),
        ("route_table", f"{PREFIX}-public", "subnets"),
    }


def drift_rules(client: Client) -> Properties:
    """A door is open, another one shut; who may go out changed as well."""
    ec2 = client("ec2")
    app, database, cache = (security_group(client, name) for name in ("app", "database", "cache"))
    ec2.authorize_security_group_ingress(GroupId=app["GroupId"], IpPermissions=[ANYBODY])
    ec2.revoke_security_group_egress(
        GroupId=app["GroupId"], IpPermissions=app["IpPermissionsEgress"]
    )
    ec2.revoke_security_group_ingress(
        GroupId=database["GroupId"], IpPermissions=database["IpPermissions"]
    )
    ec2.authorize_security_group_egress(GroupId=cache["GroupId"], IpPermissions=[ANYBODY])
    ec2.delete_tags(Resources=[cache["GroupId"]], Tags=[{"Key": "Component"}])
    own = {"vpc-id": app["VpcId"], "group-name": "default"}
    wanted = [{"Name": name, "Values": [value]} for name, value in own.items()]
    (default,) = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    ec2.authorize_security_group_ingress(GroupId=default["GroupId"], IpPermissions=[ANYBODY])
    return {
        ("default_security_group", PREFIX, "rules"),
        ("security_group", f"{PREFIX}-app", "rules"),
        ("security_group", f"{PREFIX}-app", "rules_egress"),
        ("security_group", f"{PREFIX}-database", "rules"),
        ("security_group", f"{PREFIX}-cache", "rules_egress"),
        ("security_group", f"{PREFIX}-cache", "tags.Component"),
    }


def drift_flow_log(client: Client) -> Properties:
    """Another stands in its place, under its name, that sees half; and it is somebody's."""
    ec2 = client("ec2")
    named = [{"Name": "tag:Name", "Values": [PREFIX]}]
    (old,) = ec2.describe_flow_logs(Filter=named)["FlowLogs"]
    tags = [tag for tag in old["Tags"] if tag["Key"] != "Owner"]
    ec2.create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[old["ResourceId"]],
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination=old["LogDestination"],
        MaxAggregationInterval=60,
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [*tags, OWNER]}],
    )
    ec2.delete_flow_logs(FlowLogIds=[old["FlowLogId"]])
    return {("flow_log", PREFIX, one) for one in ("traffic", "interval", "tags.Owner")}
