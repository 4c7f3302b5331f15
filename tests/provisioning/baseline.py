"""The checks of docs/security.md, each asked of AWS's API: a function named as the check."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from baseline_kept import Kept
from baseline_stores import Stores

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
LINE = re.compile(r"^\| `(\w+)` \| (yes|no) \| (yes|no) \|", re.M)
ANYWHERE = "0.0.0.0/0"


def documented(env: str) -> dict[str, bool]:
    """Whether a check passes in an environment, as the page says."""
    column = {"qa": 1, "prod": 2}[env]
    return {line[0]: line[column] == "yes" for line in LINE.findall(PAGE.read_text())}


class Baseline(Stores, Kept):
    """An environment, asked; each method of a check's name says whether it passes."""

    def __init__(self, account, built: dict[str, Any]) -> None:
        self.account, self.built = account, built
        (self.vpc,) = built["vpcs"]
        (self.database,) = built["databases"]
        (self.cache,) = built["caches"]
        (self.balancer,) = built["balancers"]

    def passes(self) -> dict[str, bool]:
        """Each check, and whether it passes."""
        names = [name for name in dir(self) if name.startswith(SERVICES)]
        return {name: bool(getattr(self, name)()) for name in names}

    @cached_property
    def attributes(self) -> dict[str, str]:
        elb = self.account.client("elbv2")
        arn = self.balancer["LoadBalancerArn"]
        found = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {one["Key"]: one["Value"] for one in found}

    @cached_property
    def listeners(self) -> list[dict[str, Any]]:
        elb = self.account.client("elbv2")
        return elb.describe_listeners(LoadBalancerArn=self.balancer["LoadBalancerArn"])["Listeners"]

    @cached_property
    def subnets(self) -> list[dict[str, Any]]:
        return [one for one in self.built["subnets"] if one["VpcId"] == self.vpc["VpcId"]]

    @cached_property
    def private(self) -> set[str]:
        return {one["SubnetId"] for one in self.subnets if not one["MapPublicIpOnLaunch"]}

    def instances(self, holds: Callable[[dict[str, Any]], Any]) -> bool:
        """Whether something holds for each host."""
        return all(holds(one) for one in self.built["instances"])

    def ec2_instance_imdsv2_enabled(self):
        return self.instances(lambda one: one["MetadataOptions"]["HttpTokens"] == "required")

    def ec2_instance_profile_attached(self):
        return self.instances(lambda one: one.get("IamInstanceProfile"))

    def ec2_instance_secrets_user_data(self):
        def none(one):
            ask = {"InstanceId": one["InstanceId"], "Attribute": "userData"}
            return not self.account.client("ec2").describe_instance_attribute(**ask)["UserData"]

        return self.instances(none)

    def ec2_instance_detailed_monitoring_enabled(self):
        return self.instances(lambda one: one["Monitoring"]["State"] == "enabled")

    def ec2_networkacl_allow_ingress_any_port(self):
        of_vpc = [{"Name": "vpc-id", "Values": [self.vpc["VpcId"]]}]
        found = self.account.client("ec2").describe_network_acls(Filters=of_vpc)["NetworkAcls"]
        entries = [entry for one in found for entry in one["Entries"] if not entry["Egress"]]
        return not [e for e in entries if e["RuleAction"] == "allow" and e["Protocol"] == "-1"]

    def ec2_securitygroup_default_restrict_traffic(self):
        of_vpc = [{"Name": "vpc-id", "Values": [self.vpc["VpcId"]]}]
        of_vpc.append({"Name": "group-name", "Values": ["default"]})
        found = self.account.client("ec2").describe_security_groups(Filters=of_vpc)
        (group,) = found["SecurityGroups"]
        return not group["IpPermissions"] + group["IpPermissionsEgress"]

    def ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22(self):
        return not [
            rule
            for group in self.built["groups"].values()
            if group["VpcId"] == self.vpc["VpcId"]
            for rule in group["IpPermissions"]
            if rule.get("FromPort", 0) <= 22 <= rule.get("ToPort", 65535)
            and ANYWHERE in [one["CidrIp"] for one in rule["IpRanges"]]
        ]

    def vpc_subnet_no_public_ip_by_default(self):
        return len(self.private) == len(self.subnets)

    def vpc_subnet_separate_private_public(self):
        return 0 < len(self.private) < len(self.subnets)

    def vpc_flow_logs_enabled(self):
        of_vpc = [{"Name": "resource-id", "Values": [self.vpc["VpcId"]]}]
        found = self.account.client("ec2").describe_flow_logs(Filter=of_vpc)["FlowLogs"]
        # To a bucket that is there, and into the folder that its policy opens.
        return [one for one in found if one["FlowLogStatus"] == "ACTIVE" and self._open(one)]

    def _open(self, flow_log):
        bucket = flow_log["LogDestination"].split(":::")[1].partition("/")[0]
        answer = self.account.client("s3").get_bucket_policy(Bucket=bucket)
        (write,) = (
            one
            for one in json.loads(answer["Policy"])["Statement"]
            if one["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
            and one["Action"] == "s3:PutObject"
        )
        return write["Resource"].startswith(f"{flow_log['LogDestination']}/AWSLogs/")

    def elbv2_insecure_ssl_ciphers(self):
        policies = [one["SslPolicy"] for one in self.listeners if one["Protocol"] == "HTTPS"]
        return policies and all("TLS13-1-2" in one for one in policies)

    def elbv2_listener_pqc_tls_enabled(self):
        return all(
            "-PQ-" in one["SslPolicy"] for one in self.listeners if one["Protocol"] == "HTTPS"
        )

    def elbv2_ssl_listeners(self):
        plain = [one for one in self.listeners if one["Protocol"] == "HTTP"]
        return all(one["DefaultActions"][0]["Type"] == "redirect" for one in plain)

    def elbv2_logging_enabled(self):
        return self.attributes["access_logs.s3.enabled"] == "true"

    def elbv2_deletion_protection(self):
        return self.attributes["deletion_protection.enabled"] == "true"

    def elbv2_desync_mitigation_mode(self):
        return self.attributes["routing.http.desync_mitigation_mode"] in ("defensive", "strictest")

    def elbv2_is_in_multiple_az(self):
        return len(self.balancer["AvailabilityZones"]) > 1


SERVICES = (
    *("ec2_", "ecr_", "elasticache_", "elbv2_", "iam_", "kms_", "rds_", "s3_"),
    *("secretsmanager_", "vpc_"),
)
