"""The tags of an environment's resources, read back service by service."""

from __future__ import annotations


def is_ours(key: dict) -> bool:
    """Whether a KMS key is the environment's, not one that AWS makes in every account."""
    return key["Description"].startswith("Data at rest of")


def tags_of_everything(account, built) -> dict[str, dict[str, str]]:
    """Tags by a name of each taggable resource, each read by its own service's call."""

    def plain(tags, key="Key", value="Value"):
        return {tag[key]: tag[value] for tag in tags}

    ec2, rds, cache = (account.client(s) for s in ("ec2", "rds", "elasticache"))
    elb, iam, ecr, s3 = (account.client(s) for s in ("elbv2", "iam", "ecr", "s3"))
    found = {}
    vpc = built["vpcs"][0]["VpcId"]
    in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    tables = ec2.describe_route_tables(Filters=in_vpc)["RouteTables"]
    for item in [
        *built["vpcs"],
        *[s for s in built["subnets"] if s["VpcId"] == vpc],
        *[g for n, g in built["groups"].items() if g["VpcId"] == vpc and n != "default"],
        *ec2.describe_internet_gateways(Filters=attached)["InternetGateways"],
        *[t for t in tables if not any(a.get("Main") for a in t["Associations"])],
        *[n for n in built["nats"] if n["State"] == "available"],
        *built["addresses"],
        *built["instances"],
        *built["key_pairs"],
        *built["flow_logs"],
    ]:
        found[str(sorted(item.items(), key=str)[:3])] = plain(item.get("Tags", []))
    for item in built["databases"]:
        found[item["DBInstanceArn"]] = plain(item["TagList"])
        for group in (
            rds.describe_db_subnet_groups()["DBSubnetGroups"][0]["DBSubnetGroupArn"],
            rds.describe_db_parameter_groups()["DBParameterGroups"][0]["DBParameterGroupArn"],
        ):
            found[group] = plain(rds.list_tags_for_resource(ResourceName=group)["TagList"])
    for arn in (
        built["caches"][0]["ARN"],
        cache.describe_cache_subnet_groups()["CacheSubnetGroups"][0]["ARN"],
        next(
            group["ARN"]
            for group in cache.describe_cache_parameter_groups()["CacheParameterGroups"]
            if not group["CacheParameterGroupName"].startswith("default")
        ),
    ):
        found[arn] = plain(cache.list_tags_for_resource(ResourceName=arn)["TagList"])
    for arn in [
        *[b["LoadBalancerArn"] for b in built["balancers"]],
        *[g["TargetGroupArn"] for g in built["target_groups"]],
    ]:
        found[arn] = plain(elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])
    for repository in built["repositories"]:
        arn = repository["repositoryArn"]
        found[arn] = plain(ecr.list_tags_for_resource(resourceArn=arn)["tags"])
    for secret in built["secrets"]:
        found[secret["ARN"]] = plain(secret["Tags"])
    for bucket in built["buckets"]:
        tags = s3.get_bucket_tagging(Bucket=bucket["Name"])["TagSet"]
        found[bucket["Name"]] = plain(tags)
    for certificate in built["certificates"]:
        arn = certificate["CertificateArn"]
        tags = account.client("acm").list_tags_for_certificate(CertificateArn=arn)["Tags"]
        found[arn] = plain(tags)
    for zone in built["zones"]:
        identifier = zone["Id"].split("/")[-1]
        answer = account.client("route53").list_tags_for_resource(
            ResourceType="hostedzone", ResourceId=identifier
        )
        found[zone["Id"]] = plain(answer["ResourceTagSet"]["Tags"])
    for group in built["log_groups"]:
        answer = account.client("logs").list_tags_log_group(logGroupName=group["logGroupName"])
        found[group["arn"]] = answer["tags"]
    for role in built["roles"]:
        found[role["Arn"]] = plain(iam.list_role_tags(RoleName=role["RoleName"])["Tags"])
    for policy in built["policies"]:
        found[policy["Arn"]] = plain(iam.list_policy_tags(PolicyArn=policy["Arn"])["Tags"])
    for name in account.client("dynamodb").list_tables()["TableNames"]:
        arn = account.client("dynamodb").describe_table(TableName=name)["Table"]["TableArn"]
        tags = account.client("dynamodb").list_tags_of_resource(ResourceArn=arn)["Tags"]
        found[arn] = plain(tags)
    for budget in built["budgets"]:
        arn = f"arn:aws:budgets::123456789012:budget/{budget['BudgetName']}"
        answer = account.client("budgets").list_tags_for_resource(ResourceARN=arn)
        found[arn] = plain(answer["ResourceTags"])
    for topic in built["topics"]:
        arn = topic["TopicArn"]
        found[arn] = plain(account.client("sns").list_tags_for_resource(ResourceArn=arn)["Tags"])
    arns = [one["AlarmArn"] for one in built["alarms"]]
    for arn in [*arns, *(one["DashboardArn"] for one in built["dashboards"])]:
        answer = account.client("cloudwatch").list_tags_for_resource(ResourceARN=arn)
        found[arn] = plain(answer["Tags"])
    for key in account.client("kms").list_keys()["Keys"]:
        about = account.client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if not is_ours(about) or about["KeyState"] != "Enabled":
            continue
        tags = account.client("kms").list_resource_tags(KeyId=key["KeyId"])["Tags"]
        found[key["KeyArn"]] = plain(tags, "TagKey", "TagValue")
    return found
