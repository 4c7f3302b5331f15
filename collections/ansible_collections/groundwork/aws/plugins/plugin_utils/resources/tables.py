"""The tables of all services in one: module -> kind of resource."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Kind

KINDS: dict[str, Kind] = {
    "amazon.aws.cloudwatchlogs_log_group": Kind("log_group", "log_group_name"),
    "amazon.aws.ec2_eip": Kind("elastic_ip", "public_ip"),
    "amazon.aws.ec2_instance": Kind("instance"),
    "amazon.aws.ec2_key": Kind("key_pair"),
    "amazon.aws.ec2_security_group": Kind("security_group"),
    "amazon.aws.ec2_tag": Kind("tags", "resource"),
    "amazon.aws.ec2_vpc_igw": Kind("internet_gateway"),
    "amazon.aws.ec2_vpc_nat_gateway": Kind("nat_gateway"),
    "amazon.aws.ec2_vpc_net": Kind("vpc"),
    "amazon.aws.ec2_vpc_route_table": Kind("route_table"),
    "amazon.aws.ec2_vpc_subnet": Kind("subnet"),
    "amazon.aws.elb_application_lb": Kind("load_balancer"),
    "amazon.aws.iam_instance_profile": Kind("iam_instance_profile"),
    "amazon.aws.iam_managed_policy": Kind("iam_policy"),
    "amazon.aws.iam_role": Kind("iam_role"),
    "amazon.aws.kms_key": Kind("kms_key", "alias"),
    "amazon.aws.rds_instance": Kind("db_instance", "id"),
    "amazon.aws.rds_instance_param_group": Kind("db_parameter_group"),
    "amazon.aws.rds_subnet_group": Kind("db_subnet_group"),
    "amazon.aws.route53": Kind("dns_record", "record"),
    "amazon.aws.route53_zone": Kind("hosted_zone", "zone"),
    "community.aws.dynamodb_table": Kind("dynamodb_table"),
    "community.aws.secretsmanager_secret": Kind("secret"),
    "groundwork.aws.acm_dns_certificate": Kind("certificate", own_diff=True),
    "groundwork.aws.ecr_image": Kind("image", "tag"),
    "groundwork.aws.ecr_repository": Kind("ecr_repository", own_diff=True),
    "groundwork.aws.elasticache_parameter_group": Kind("cache_parameter_group", own_diff=True),
    "groundwork.aws.elasticache_replication_group": Kind("replication_group", own_diff=True),
    "groundwork.aws.elasticache_subnet_group": Kind("cache_subnet_group", own_diff=True),
    "groundwork.aws.elb_target_group": Kind("target_group", own_diff=True),
    "groundwork.aws.elb_targets": Kind("target_group", "target_group_arn", own_diff=True),
    "groundwork.aws.iam_oidc_provider": Kind("iam_oidc_provider", own_diff=True),
    "groundwork.aws.s3_bucket": Kind("s3_bucket", own_diff=True),
}
