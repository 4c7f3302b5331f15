"""A new load balancer has all attributes with AWS's defaults.

Application and Network Load Balancers guides, "load balancer attributes". moto 5.2 leaves out
what nobody set, and `amazon.aws.elb_application_lb` fails with KeyError 'access_logs_s3_enabled'.
"""

from typing import Any

from moto.elbv2.models import FakeLoadBalancer

from lab.emulator.mends import mend

COMMON = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "ipv6.deny_all_igw_traffic": "false",
    "zonal_shift.config.enabled": "false",
}
APPLICATION = COMMON | {
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
}
NETWORK = COMMON | {
    "dns_record.client_routing_policy": "any_availability_zone",
    "load_balancing.cross_zone.enabled": "false",
}
# Elastic Load Balancing endpoints and quotas, Application Load Balancers.
ZONE_IDS = {"us-east-1": "Z35SXDOTRQ7X7K", "eu-central-1": "Z215JYRZR1TBD5"}


@mend(FakeLoadBalancer, "__init__")
def _init(original: Any, self: FakeLoadBalancer, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.attrs = dict(NETWORK if self.type == "network" else APPLICATION)
    region = self.arn.split(":")[3]
    self.canonical_hosted_zone_id = ZONE_IDS.get(region, self.canonical_hosted_zone_id)
