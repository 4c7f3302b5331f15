"""The load balancer, its target groups, the certificate, the zone."""

from __future__ import annotations

from drifts.found import (
    OWNER,
    PREFIX,
    Client,
    Properties,
    balancer,
    listener,
    security_group,
    target_group,
)

DOMAIN = "qa.milky-way.test"
BALANCER = {
    "access_logs_enabled": ("access_logs.s3.enabled", "false"),
    "deletion_protection": ("deletion_protection.enabled", "true"),
    "http_drop_invalid_header_fields": ("routing.http.drop_invalid_header_fields.enabled", "false"),
    "idle_timeout": ("idle_timeout.timeout_seconds", "120"),
}


def drift(client: Client) -> Properties:
    """Change them; returns type, name and property of each change."""
    return (
        drift_balancer(client)
        | drift_listeners(client)
        | drift_target_groups(client)
        | drift_domain(client)
    )


def drift_balancer(client: Client) -> Properties:
    """Its settings, who gets in, whose it is."""
    elb, arn = client("elbv2"), balancer(client)
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn,
        Attributes=[{"Key": key, "Value": value} for key, value in BALANCER.values()],
    )
    app = security_group(client, "app")["GroupId"]
    elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[app])
    elb.add_tags(ResourceArns=[arn], Tags=[OWNER])
    changed = (*BALANCER, "security_groups", "tags.Owner")
    return {("load_balancer", PREFIX, one) for one in changed}


def drift_listeners(client: Client) -> Properties:
    """Plain HTTP is let in, an old TLS policy taken, a rule gone."""
    elb, https, web = client("elbv2"), listener(client, 443), target_group(client, "web")
    elb.modify_listener(ListenerArn=https, SslPolicy="ELBSecurityPolicy-2016-08")
    rule = next(r for r in elb.describe_rules(ListenerArn=https)["Rules"] if not r["IsDefault"])
    elb.delete_rule(RuleArn=rule["RuleArn"])
    forward = [{"Type": "forward", "TargetGroupArn": web}]
    elb.modify_listener(ListenerArn=listener(client, 80), DefaultActions=forward)
    return {
        ("load_balancer", PREFIX, "listeners.443.ssl_policy"),
        ("load_balancer", PREFIX, "listeners.443.rules"),
        ("load_balancer", PREFIX, "listeners.80.default"),
    }


def drift_target_groups(client: Client) -> Properties:
    """How health is judged, how long they drain, who is in."""
    elb, api, web = client("elbv2"), target_group(client, "api"), target_group(client, "web")
    elb.modify_target_group(TargetGroupArn=api, HealthCheckPath="/elsewhere")
    elb.modify_target_group_attributes(
        TargetGroupArn=api,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "7"}],
    )
    elb.modify_target_group(
        TargetGroupArn=web,
        HealthyThresholdCount=9,
        HealthCheckIntervalSeconds=99,
        Matcher={"HttpCode": "200-499"},
    )
    elb.add_tags(ResourceArns=[web], Tags=[OWNER])
    found = elb.describe_target_health(TargetGroupArn=web)["TargetHealthDescriptions"]
    elb.deregister_targets(TargetGroupArn=web, Targets=[item["Target"] for item in found])
    return {
        ("target_group", f"{PREFIX}-api", "health_check_path"),
        ("target_group", f"{PREFIX}-api", "deregistration_delay"),
        ("target_group", f"{PREFIX}-web", "healthy_threshold"),
        ("target_group", f"{PREFIX}-web", "health_check_interval"),
        ("target_group", f"{PREFIX}-web", "health_check_codes"),
        ("target_group", f"{PREFIX}-web", "tags.Owner"),
        ("target_group", f"{PREFIX}-web", "targets"),
    }


def drift_domain(client: Client) -> Properties:
    """Where the name leads, and whose zone and certificate they are."""
    dns, acm = client("route53"), client("acm")
    (zone,) = dns.list_hosted_zones()["HostedZones"]
    dns.update_hosted_zone_comment(Id=zone["Id"], Comment="mine")
    dns.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone["Id"].rpartition("/")[2], AddTags=[OWNER]
    )
    record = {"Name": DOMAIN, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    dns.change_resource_record_sets(
        HostedZoneId=zone["Id"],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]},
    )
    (certificate,) = acm.list_certificates()["CertificateSummaryList"]
    acm.add_tags_to_certificate(CertificateArn=certificate["CertificateArn"], Tags=[OWNER])
    return {
        ("hosted_zone", DOMAIN, "comment"),
        ("hosted_zone", DOMAIN, "tags.Owner"),
        ("dns_record", f"A {DOMAIN}", "value"),
        ("certificate", DOMAIN, "tags.Owner"),
    }
