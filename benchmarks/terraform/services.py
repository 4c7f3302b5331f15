"""Reads what is around them: registry, names, keys, secrets, identities, logs, buckets, tables."""

import json

from botocore.exceptions import ClientError

from benchmarks.terraform.account import Account, Properties, pages


def _registry(account: Account) -> None:
    ecr = account.client("ecr")
    for one in pages(ecr, "describe_repositories", "repositories"):
        name = {"repositoryName": one["repositoryName"]}
        one["policyText"] = ecr.get_repository_policy(**name)["policyText"]
        one["lifecyclePolicyText"] = ecr.get_lifecycle_policy(**name)["lifecyclePolicyText"]
        one["tags"] = ecr.list_tags_for_resource(resourceArn=one["repositoryArn"])["tags"]
        account.add("ecr_repository", one["repositoryName"], one)


def _names(account: Account) -> None:
    acm, dns = account.client("acm"), account.client("route53")
    for summary in pages(acm, "list_certificates", "CertificateSummaryList"):
        arn = {"CertificateArn": summary["CertificateArn"]}
        one = acm.describe_certificate(**arn)["Certificate"]
        one |= {"Tags": acm.list_tags_for_certificate(**arn)["Tags"]}
        account.add("certificate", one["DomainName"], one, one["CertificateArn"])
    for zone in pages(dns, "list_hosted_zones", "HostedZones"):
        key = zone["Id"].split("/")[-1]
        tags = dns.list_tags_for_resource(ResourceType="hostedzone", ResourceId=key)
        zone |= {"Tags": tags["ResourceTagSet"]["Tags"]}
        account.add("hosted_zone", zone["Name"], zone, key)
        inside = {"HostedZoneId": key}
        for record in pages(dns, "list_resource_record_sets", "ResourceRecordSets", **inside):
            account.add("dns_record", f"{record['Type']} {record['Name']}", record)


def _keys(account: Account) -> None:
    kms, secrets = account.client("kms"), account.client("secretsmanager")
    aliases = list(pages(kms, "list_aliases", "Aliases"))
    account.ids |= {
        one["TargetKeyId"]: one["AliasName"] for one in aliases if one.get("TargetKeyId")
    }
    # AWS's own keys have aliases of this form, and nobody here made them.
    own = [one for one in aliases if not one["AliasName"].startswith("alias/aws/")]
    for alias in own:
        key = {"KeyId": alias["TargetKeyId"]}
        one = kms.describe_key(**key)["KeyMetadata"]
        one["Policy"] = kms.get_key_policy(**key, PolicyName="default")["Policy"]
        one["Rotation"] = kms.get_key_rotation_status(**key)["KeyRotationEnabled"]
        one["Tags"] = kms.list_resource_tags(**key)["Tags"]
        account.add("kms_key", alias["AliasName"], one, one["KeyId"], one["Arn"])
    for one in pages(secrets, "list_secrets", "SecretList"):
        one["Stages"] = sorted(sum(one.pop("SecretVersionsToStages", {}).values(), []))
        value = secrets.get_secret_value(SecretId=one["ARN"])["SecretString"]
        one["Form"] = _form(value)
        account.add("secret", one["Name"], one, one["ARN"])


def _form(value: str) -> list[tuple[str, int]]:
    """Tell a secret's fields and their lengths: enough to compare, and not the value."""
    return sorted((name, len(part)) for name, part in json.loads(value).items())


def _identity(account: Account) -> None:
    iam = account.client("iam")
    for one in pages(iam, "list_roles", "Roles"):
        name = {"RoleName": one["RoleName"]}
        role = iam.get_role(**name)["Role"]
        role["Attached"] = list(
            pages(iam, "list_attached_role_policies", "AttachedPolicies", **name)
        )
        role["Inline"] = list(pages(iam, "list_role_policies", "PolicyNames", **name))
        account.add("role", one["RoleName"], role)
    for one in pages(iam, "list_policies", "Policies", Scope="Local"):
        arn = {"PolicyArn": one["Arn"]}
        policy = iam.get_policy(**arn)["Policy"]
        version = iam.get_policy_version(**arn, VersionId=policy["DefaultVersionId"])
        policy["Document"] = version["PolicyVersion"]["Document"]
        account.add("policy", one["PolicyName"], policy)
    for one in pages(iam, "list_instance_profiles", "InstanceProfiles"):
        one["Roles"] = [role["RoleName"] for role in one["Roles"]]
        account.add("instance_profile", one["InstanceProfileName"], one)
    for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=one["Arn"])
        account.add("oidc_provider", one["Arn"], provider)


def _watching(account: Account) -> None:
    sns, cloudwatch = account.client("sns"), account.client("cloudwatch")
    for topic in pages(sns, "list_topics", "Topics"):
        arn = topic["TopicArn"]
        attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        listed = pages(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
        told = [{key: one[key] for key in ("Protocol", "Endpoint")} for one in listed]
        tags = sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
        one = {"Attributes": attributes, "Subscriptions": told, "Tags": tags}
        account.add("topic", arn.rpartition(":")[2], one)
    alarms = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    for alarm in [*alarms["MetricAlarms"], *alarms["CompositeAlarms"]]:
        tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        # When it rang is none of a definition's business.
        kept = {key: value for key, value in alarm.items() if not key.startswith("State")}
        account.add("alarm", alarm["AlarmName"], kept | {"Tags": tags})


def _dashboards(account: Account) -> None:
    cloudwatch, logs = account.client("cloudwatch"), account.client("logs")
    for entry in pages(cloudwatch, "list_dashboards", "DashboardEntries"):
        name = entry["DashboardName"]
        one = cloudwatch.get_dashboard(DashboardName=name)
        body = json.loads(one["DashboardBody"])
        tags = cloudwatch.list_tags_for_resource(ResourceARN=one["DashboardArn"])["Tags"]
        account.add("dashboard", name, {"Body": body, "Tags": tags})
    for query in logs.describe_query_definitions()["queryDefinitions"]:
        made_up = ("queryDefinitionId", "lastModified")
        kept = {key: value for key, value in query.items() if key not in made_up}
        account.add("log_query", query["name"], kept)


def _logs(account: Account) -> None:
    logs = account.client("logs")
    for one in pages(logs, "describe_log_groups", "logGroups"):
        one["tags"] = logs.list_tags_for_resource(resourceArn=one["logGroupArn"])["tags"]
        group = {"logGroupName": one["logGroupName"]}
        one["filters"] = list(pages(logs, "describe_metric_filters", "metricFilters", **group))
        account.add("log_group", one["logGroupName"], one)


BUCKET_SETTINGS = (
    "get_bucket_accelerate_configuration",
    "get_bucket_acl",
    "get_bucket_cors",
    "get_bucket_encryption",
    "get_bucket_lifecycle_configuration",
    "get_bucket_logging",
    "get_bucket_notification_configuration",
    "get_bucket_ownership_controls",
    "get_bucket_policy",
    "get_bucket_replication",
    "get_bucket_tagging",
    "get_bucket_versioning",
    "get_bucket_website",
    "get_object_lock_configuration",
    "get_public_access_block",
)


def _buckets(account: Account) -> None:
    s3 = account.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        settings: Properties = {}
        for operation in BUCKET_SETTINGS:
            try:
                settings[operation] = getattr(s3, operation)(Bucket=bucket["Name"])
            except ClientError as error:
                # Each setting has a code of its own that says that it was never made.
                settings[operation] = error.response["Error"]["Code"]
        account.add("bucket", bucket["Name"], settings)


def _tables(account: Account) -> None:
    dynamodb = account.client("dynamodb")
    for name in pages(dynamodb, "list_tables", "TableNames"):
        one = dynamodb.describe_table(TableName=name)["Table"]
        backups = dynamodb.describe_continuous_backups(TableName=name)
        one["Backups"] = backups["ContinuousBackupsDescription"]
        lifetime = dynamodb.describe_time_to_live(TableName=name)
        one["Lifetime"] = lifetime["TimeToLiveDescription"]
        one["Tags"] = dynamodb.list_tags_of_resource(ResourceArn=one["TableArn"])["Tags"]
        account.add("table", name, one)


def _budgets(account: Account) -> None:
    budgets = account.client("budgets")
    owner = account.client("sts").get_caller_identity()["Account"]
    for one in budgets.describe_budgets(AccountId=owner)["Budgets"]:
        here = {"AccountId": owner, "BudgetName": one["BudgetName"]}
        arn = f"arn:aws:budgets::{owner}:budget/{one['BudgetName']}"
        told = {}
        for alert in budgets.describe_notifications_for_budget(**here)["Notifications"]:
            answer = budgets.describe_subscribers_for_notification(**here, Notification=alert)
            told[f"{alert['NotificationType']} {alert['Threshold']:g}"] = answer["Subscribers"]
        # The provider of this version has the older form of filters only: they are not compared.
        limit = {"Amount": float(one["BudgetLimit"]["Amount"]), "TimeUnit": one["TimeUnit"]}
        tags = budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
        account.add("budget", one["BudgetName"], {**limit, "Alerts": told, "Tags": tags})


READERS = (
    *(_registry, _names, _keys, _identity, _watching, _dashboards, _logs, _buckets, _tables),
    _budgets,
)
