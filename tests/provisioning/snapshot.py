"""What stands in an account, read through the API."""

from __future__ import annotations


def snapshot(account) -> dict:
    """What stands, by kind."""
    ec2, elb = account.client("ec2"), account.client("elbv2")
    return {
        "vpcs": [v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]],
        "subnets": ec2.describe_subnets()["Subnets"],
        "nats": ec2.describe_nat_gateways()["NatGateways"],
        "groups": {g["GroupName"]: g for g in ec2.describe_security_groups()["SecurityGroups"]},
        "instances": [
            i
            for r in ec2.describe_instances()["Reservations"]
            for i in r["Instances"]
            if i["State"]["Name"] != "terminated"
        ],
        "databases": account.client("rds").describe_db_instances()["DBInstances"],
        "caches": account.client("elasticache").describe_replication_groups()["ReplicationGroups"],
        "balancers": elb.describe_load_balancers()["LoadBalancers"],
        "target_groups": elb.describe_target_groups()["TargetGroups"],
        "repositories": account.client("ecr").describe_repositories()["repositories"],
        "secrets": account.client("secretsmanager").list_secrets()["SecretList"],
        "buckets": account.client("s3").list_buckets()["Buckets"],
        "tables": account.client("dynamodb").list_tables()["TableNames"],
        "certificates": account.client("acm").list_certificates()["CertificateSummaryList"],
        "zones": account.client("route53").list_hosted_zones()["HostedZones"],
        "log_groups": account.client("logs").describe_log_groups()["logGroups"],
        "roles": account.client("iam").list_roles()["Roles"],
        "policies": account.client("iam").list_policies(Scope="Local")["Policies"],
        "providers": account.client("iam").list_open_id_connect_providers()[
            "OpenIDConnectProviderList"
        ],
        "budgets": account.client("budgets").describe_budgets(AccountId="123456789012")["Budgets"],
        "key_pairs": ec2.describe_key_pairs()["KeyPairs"],
        "alarms": [
            alarm
            for page in account.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
            for alarm in [*page["MetricAlarms"], *page["CompositeAlarms"]]
        ],
        "dashboards": [
            account.client("cloudwatch").get_dashboard(DashboardName=entry["DashboardName"])
            for entry in account.client("cloudwatch").list_dashboards()["DashboardEntries"]
        ],
        "queries": account.client("logs").describe_query_definitions()["queryDefinitions"],
        "topics": account.client("sns").list_topics()["Topics"],
        "flow_logs": ec2.describe_flow_logs()["FlowLogs"],
        "addresses": ec2.describe_addresses()["Addresses"],
    }
