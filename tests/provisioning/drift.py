"""Changes made behind Groundwork's back, as a person in the console would make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PREFIX = "milky-way-admin-panel-qa"
Client = Callable[[str], Any]


def security_group(client: Client, name: str) -> dict[str, Any]:
    wanted = [{"Name": "group-name", "Values": [f"{PREFIX}-{name}"]}]
    return client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"][0]


def by_name(client: Client, call: str, key: str, name: str) -> dict[str, Any]:
    wanted = [{"Name": "tag:Name", "Values": [name]}]
    found = getattr(client("ec2"), call)(Filters=wanted)[key]
    # A NAT gateway that was deleted is listed for a while, with its tags.
    return next(item for item in found if item.get("State") != "deleted")


def balancer(client: Client) -> str:
    found = client("elbv2").describe_load_balancers(Names=[PREFIX])["LoadBalancers"]
    return found[0]["LoadBalancerArn"]


def target_group(client: Client, service: str) -> str:
    found = client("elbv2").describe_target_groups(Names=[f"{PREFIX}-{service}"])
    return found["TargetGroups"][0]["TargetGroupArn"]


def drift_network(client: Client) -> set[tuple[str, str, str]]:
    """Change the VPC, a subnet, a route and rules; returns type, name, property of each."""
    ec2 = client("ec2")
    vpc = by_name(client, "describe_vpcs", "Vpcs", PREFIX)["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Owner", "Value": "somebody"}])
    subnet = by_name(client, "describe_subnets", "Subnets", f"{PREFIX}-public-a")["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})
    table = by_name(client, "describe_route_tables", "RouteTables", f"{PREFIX}-private")
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    ec2.create_tags(Resources=[table["RouteTableId"]], Tags=[{"Key": "Owner", "Value": "nobody"}])
    nat = by_name(client, "describe_nat_gateways", "NatGateways", f"{PREFIX}-nat-a")
    ec2.delete_tags(Resources=[nat["NatGatewayId"]], Tags=[{"Key": "CostCenter"}])
    ec2.authorize_security_group_ingress(
        GroupId=security_group(client, "app")["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 8080,
                "ToPort": 8080,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )
    group = security_group(client, "database")
    ec2.revoke_security_group_ingress(
        GroupId=group["GroupId"], IpPermissions=group["IpPermissions"]
    )
    return {
        ("vpc", PREFIX, "dns_hostnames"),
        ("vpc", PREFIX, "tags.Owner"),
        ("subnet", f"{PREFIX}-public-a", "map_public"),
        ("route_table", f"{PREFIX}-private", "routes"),
        ("route_table", f"{PREFIX}-private", "tags.Owner"),
        ("nat_gateway", f"{PREFIX}-nat-a", "tags.CostCenter"),
        ("security_group", f"{PREFIX}-app", "rules"),
        ("security_group", f"{PREFIX}-database", "rules"),
    }


def drift_stores(client: Client) -> set[tuple[str, str, str]]:
    """Change buckets, the database, the cache, logs, keys, secrets, the registry."""
    logs, bucket = f"{PREFIX}-access-logs-123456789012", f"{PREFIX}-state-123456789012"
    client("s3").delete_bucket_policy(Bucket=logs)
    client("s3").delete_bucket_lifecycle(Bucket=bucket)
    client("rds").modify_db_instance(
        DBInstanceIdentifier=f"{PREFIX}-database", BackupRetentionPeriod=1, ApplyImmediately=True
    )
    # amazon.aws is silent about a parameter in check mode.
    client("rds").modify_db_parameter_group(
        DBParameterGroupName=f"{PREFIX}-database",
        Parameters=[
            {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
        ],
    )
    client("elasticache").modify_replication_group(
        ReplicationGroupId=f"{PREFIX}-cache", SnapshotRetentionLimit=5, ApplyImmediately=True
    )
    client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName=f"{PREFIX}-cache",
        ParameterNameValues=[
            {"ParameterName": "maxmemory-policy", "ParameterValue": "volatile-lru"}
        ],
    )
    group = "/milky-way-admin-panel/qa/api"
    client("logs").put_retention_policy(logGroupName=group, retentionInDays=7)
    client("kms").disable_key_rotation(
        KeyId=client("kms").describe_key(KeyId=f"alias/{PREFIX}")["KeyMetadata"]["KeyId"]
    )
    secret = "milky-way-admin-panel/qa/jwt"
    client("secretsmanager").tag_resource(
        SecretId=secret, Tags=[{"Key": "Owner", "Value": "somebody"}]
    )
    client("ecr").put_image_tag_mutability(
        repositoryName=f"{PREFIX}-web", imageTagMutability="MUTABLE"
    )
    return {
        ("s3_bucket", logs, "policy"),
        ("s3_bucket", bucket, "lifecycle_rules"),
        ("db_instance", f"{PREFIX}-database", "backup_retention_period"),
        ("db_parameter_group", f"{PREFIX}-database", "params.rds.force_ssl"),
        ("replication_group", f"{PREFIX}-cache", "snapshot_retention"),
        ("cache_parameter_group", f"{PREFIX}-cache", "maxmemory-policy"),
        ("log_group", group, "retention"),
        ("kms_key", PREFIX, "enable_key_rotation"),
        ("secret", secret, "tags.Owner"),
        ("ecr_repository", f"{PREFIX}-web", "image_tag_mutability"),
    }


def drift_edge(client: Client) -> set[tuple[str, str, str]]:
    """Change the load balancer, its target groups, the roles, the instance."""
    elb, iam = client("elbv2"), client("iam")
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=balancer(client),
        Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "120"}],
    )
    listeners = elb.describe_listeners(LoadBalancerArn=balancer(client))["Listeners"]
    https = next(item["ListenerArn"] for item in listeners if item["Port"] == 443)
    rule = next(r for r in elb.describe_rules(ListenerArn=https)["Rules"] if not r["IsDefault"])
    elb.delete_rule(RuleArn=rule["RuleArn"])
    elb.modify_target_group(
        TargetGroupArn=target_group(client, "api"), HealthCheckPath="/elsewhere"
    )
    group = target_group(client, "web")
    found = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    elb.deregister_targets(TargetGroupArn=group, Targets=[item["Target"] for item in found])
    attached = iam.list_attached_role_policies(RoleName=f"{PREFIX}-ci")["AttachedPolicies"]
    iam.detach_role_policy(RoleName=f"{PREFIX}-ci", PolicyArn=attached[0]["PolicyArn"])
    instance = by_name(client, "describe_instances", "Reservations", f"{PREFIX}-app-1")["Instances"]
    identifier = instance[0]["InstanceId"]
    client("ec2").create_tags(Resources=[identifier], Tags=[{"Key": "Extra", "Value": "1"}])
    client("ec2").modify_instance_metadata_options(InstanceId=identifier, HttpTokens="optional")
    pair = client("ec2").describe_key_pairs(KeyNames=[PREFIX])["KeyPairs"][0]["KeyPairId"]
    client("ec2").create_tags(Resources=[pair], Tags=[{"Key": "Owner", "Value": "somebody"}])
    # amazon.aws gives it its profile in check mode too.
    associated = client("ec2").describe_iam_instance_profile_associations()
    client("ec2").disassociate_iam_instance_profile(
        AssociationId=associated["IamInstanceProfileAssociations"][0]["AssociationId"]
    )
    return {
        ("load_balancer", PREFIX, "idle_timeout"),
        ("load_balancer", PREFIX, "listeners.443.rules"),
        ("target_group", f"{PREFIX}-api", "health_check_path"),
        ("target_group", f"{PREFIX}-web", "targets"),
        ("iam_role", f"{PREFIX}-ci", "managed_policies"),
        ("key_pair", PREFIX, "tags.Owner"),
        ("instance", f"{PREFIX}-app-1", "tags.Extra"),
        ("instance", f"{PREFIX}-app-1", "metadata_options"),
        ("instance", f"{PREFIX}-app-1", "iam_instance_profile"),
    }


def drift(client: Client) -> set[tuple[str, str, str]]:
    """Everything above."""
    return drift_network(client) | drift_stores(client) | drift_edge(client)
