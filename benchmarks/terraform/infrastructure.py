"""Reads networks, hosts, data stores and load balancers of an account."""

from benchmarks.terraform.account import Account, Properties, pages, tag


def _network(account: Account) -> None:
    ec2 = account.client("ec2")
    for vpc in pages(ec2, "describe_vpcs", "Vpcs"):
        # Every account has a default network, which nobody here made.
        if vpc["IsDefault"]:
            continue
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            answer = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute)
            vpc[attribute] = answer[attribute[0].upper() + attribute[1:]]
        account.add("vpc", tag(vpc), vpc, vpc["VpcId"])
        inside = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        for one in pages(ec2, "describe_subnets", "Subnets", Filters=inside):
            account.add("subnet", tag(one), one, one["SubnetId"])
        for one in pages(ec2, "describe_route_tables", "RouteTables", Filters=inside):
            account.add("route_table", tag(one) or "main", one, one["RouteTableId"])
        for one in pages(ec2, "describe_network_acls", "NetworkAcls", Filters=inside):
            account.add("network_acl", tag(one) or "default", one, one["NetworkAclId"])
        for one in pages(ec2, "describe_security_groups", "SecurityGroups", Filters=inside):
            default = one["GroupName"] == "default"
            kind = "default_security_group" if default else "security_group"
            account.add(kind, one["GroupName"], one, one["GroupId"])
    for one in pages(ec2, "describe_internet_gateways", "InternetGateways"):
        account.add("internet_gateway", tag(one), one, one["InternetGatewayId"])
    for one in pages(ec2, "describe_nat_gateways", "NatGateways"):
        if one["State"] != "deleted":
            account.add("nat_gateway", tag(one), one, one["NatGatewayId"])
    for one in pages(ec2, "describe_flow_logs", "FlowLogs"):
        account.add("flow_log", tag(one), one, one["FlowLogId"])
    for one in pages(ec2, "describe_addresses", "Addresses"):
        account.add("address", tag(one), one, one["AllocationId"])


def _compute(account: Account) -> None:
    ec2 = account.client("ec2")
    for one in pages(ec2, "describe_key_pairs", "KeyPairs"):
        account.add("key_pair", one["KeyName"], one)
    for reservation in pages(ec2, "describe_instances", "Reservations"):
        for one in reservation["Instances"]:
            if one["State"]["Name"] != "terminated":
                account.add("instance", tag(one), one, one["InstanceId"])
    for one in pages(ec2, "describe_volumes", "Volumes"):
        account.add("volume", tag(one), one, one["VolumeId"])


def _database(account: Account) -> None:
    rds = account.client("rds")

    def tagged(one: Properties, arn: str) -> Properties:
        return one | {"Tags": rds.list_tags_for_resource(ResourceName=one[arn])["TagList"]}

    for one in pages(rds, "describe_db_instances", "DBInstances"):
        account.add("db_instance", one["DBInstanceIdentifier"], tagged(one, "DBInstanceArn"))
    for one in pages(rds, "describe_db_subnet_groups", "DBSubnetGroups"):
        name = one["DBSubnetGroupName"]
        account.add("db_subnet_group", name, tagged(one, "DBSubnetGroupArn"))
    for one in pages(rds, "describe_db_parameter_groups", "DBParameterGroups"):
        name = one["DBParameterGroupName"]
        parameters = pages(rds, "describe_db_parameters", "Parameters", DBParameterGroupName=name)
        # The values that hold. Ansible's module leaves alone what a family has as its default, such
        # as rds.force_ssl, and Terraform sets it: only Source differs.
        one["Parameters"] = {
            each["ParameterName"]: each["ParameterValue"]
            for each in parameters
            if "ParameterValue" in each
        }
        account.add("db_parameter_group", name, tagged(one, "DBParameterGroupArn"))


def _cache(account: Account) -> None:
    cache = account.client("elasticache")

    def tagged(one: Properties) -> Properties:
        return one | {"Tags": cache.list_tags_for_resource(ResourceName=one["ARN"])["TagList"]}

    for one in pages(cache, "describe_replication_groups", "ReplicationGroups"):
        account.add("replication_group", one["ReplicationGroupId"], tagged(one))
    for one in pages(cache, "describe_cache_clusters", "CacheClusters"):
        account.add("cache_cluster", one["CacheClusterId"], tagged(one))
    for one in pages(cache, "describe_cache_subnet_groups", "CacheSubnetGroups"):
        account.add("cache_subnet_group", one["CacheSubnetGroupName"], tagged(one))
    for one in pages(cache, "describe_cache_parameter_groups", "CacheParameterGroups"):
        name = one["CacheParameterGroupName"]
        if name.startswith("default."):
            continue
        group = {"CacheParameterGroupName": name, "Source": "user"}
        one["Parameters"] = cache.describe_cache_parameters(**group)["Parameters"]
        account.add("cache_parameter_group", name, tagged(one))


def _balancing(account: Account) -> None:
    elb = account.client("elbv2")

    def tagged(one: Properties, arn: str) -> Properties:
        return one | {"Tags": elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]}

    for group in pages(elb, "describe_target_groups", "TargetGroups"):
        arn, name = group["TargetGroupArn"], group["TargetGroupName"]
        group["Attributes"] = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        health = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        group["Targets"] = [target["Target"] for target in health]
        account.add("target_group", name, tagged(group, arn), arn, arn.rpartition(":")[2])
    for balancer in pages(elb, "describe_load_balancers", "LoadBalancers"):
        arn, name = balancer["LoadBalancerArn"], balancer["LoadBalancerName"]
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        one = tagged(balancer, arn) | {"Attributes": attributes}
        # As metrics name it.
        account.add("load_balancer", name, one, arn, arn.partition(":loadbalancer/")[2])
        for listener in pages(elb, "describe_listeners", "Listeners", LoadBalancerArn=arn):
            port, listener_arn = f"{name}:{listener['Port']}", listener["ListenerArn"]
            account.add("listener", port, tagged(listener, listener_arn), listener_arn)
            for rule in pages(elb, "describe_rules", "Rules", ListenerArn=listener_arn):
                key = f"{port} {rule['Priority']}"
                account.add("listener_rule", key, tagged(rule, rule["RuleArn"]), rule["RuleArn"])


READERS = (_network, _compute, _database, _cache, _balancing)
