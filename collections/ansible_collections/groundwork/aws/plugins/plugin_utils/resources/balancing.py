"""Load balancer, with its listeners and rules as lines that a person reads."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    plain_tags,
)

# the module's arguments -> the API's attributes
ATTRIBUTES = {
    "access_logs_enabled": "access_logs.s3.enabled",
    "access_logs_s3_bucket": "access_logs.s3.bucket",
    "access_logs_s3_prefix": "access_logs.s3.prefix",
    "deletion_protection": "deletion_protection.enabled",
    "http2": "routing.http2.enabled",
    "http_desync_mitigation_mode": "routing.http.desync_mitigation_mode",
    "http_drop_invalid_header_fields": "routing.http.drop_invalid_header_fields.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
    "waf_fail_open": "waf.fail_open.enabled",
}
REDIRECT = {"Protocol": "#{protocol}", "Host": "#{host}", "Port": "#{port}", "Path": "/#{path}"}


class LoadBalancer(Kind):
    """An application load balancer; each listener's settings are properties of their own."""

    service = "elbv2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        elb = clients["elbv2"]
        balancer = elb.describe_load_balancers(Names=[args["name"]])["LoadBalancers"][0]
        arn = balancer["LoadBalancerArn"]
        answer = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
        tags = plain_tags(answer[0]["Tags"]) if answer else {}
        if args.get("state") == "absent":
            return Found(balancer["LoadBalancerName"], {}, tags)
        pairs = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        attributes = {item["Key"]: item["Value"] for item in pairs}
        properties: dict[str, Any] = {
            "scheme": balancer["Scheme"],
            "subnets": [zone["SubnetId"] for zone in balancer["AvailabilityZones"]],
            "security_groups": balancer.get("SecurityGroups", []),
            **{
                ours: plain(attributes[theirs])
                for ours, theirs in ATTRIBUTES.items()
                if theirs in attributes
            },
        }
        if args.get("listeners") is not None:
            properties |= listeners(self._listeners(elb, arn))
        return Found(balancer["LoadBalancerName"], properties, tags)

    @staticmethod
    def _listeners(elb: Any, arn: str) -> list[dict[str, Any]]:
        found = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
        for item in found:
            rules = elb.describe_rules(ListenerArn=item["ListenerArn"])["Rules"]
            item["Rules"] = [rule for rule in rules if not rule.get("IsDefault")]
        return found

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        wanted = asked.pop("listeners", None)
        if wanted is not None:
            asked |= listeners(wanted)
            if args.get("purge_listeners") is False:
                del asked["listeners"]
        return asked


def plain(value: str) -> Any:
    """An attribute's text as a truth, a number or the text that it is."""
    if value in ("true", "false"):
        return value == "true"
    return int(value) if value.isdigit() else value


def listeners(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Listeners (of the API or of the arguments, which speak alike) as flat properties."""
    found: dict[str, Any] = {
        "listeners": sorted(f"{item['Protocol']} {item['Port']}" for item in items)
    }
    for item in items:
        port = f"listeners.{item['Port']}"
        found[f"{port}.default"] = [action(one) for one in item.get("DefaultActions") or []]
        found[f"{port}.rules"] = [rule(one) for one in in_turn(item.get("Rules") or [])]
        if item.get("SslPolicy"):
            found[f"{port}.ssl_policy"] = item["SslPolicy"]
        if item.get("Certificates"):
            found[f"{port}.certificates"] = sorted(
                str(certificate["CertificateArn"]) for certificate in item["Certificates"]
            )
    return found


def in_turn(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rules in the order in which they are asked."""
    return sorted(rules, key=lambda one: int(one["Priority"]))


def rule(item: dict[str, Any]) -> str:
    """A rule in a line: «10: path-pattern /api/* -> targetgroup/shop-api/0123»."""
    conditions = " and ".join(condition(one) for one in item.get("Conditions") or [])
    return f"{item['Priority']}: {conditions} {', '.join(action(one) for one in item['Actions'])}"


def condition(item: dict[str, Any]) -> str:
    """A condition of a rule: its field and values."""
    values = item.get("Values")
    for key, settings in item.items():
        if key.endswith("Config") and not values:
            values = settings.get("Values")
    return f"{item.get('Field')} {'|'.join(str(value) for value in sorted(values or []))}"


def action(item: dict[str, Any]) -> str:
    """An action in a few words: where a request goes."""
    kind = str(item.get("Type"))
    if kind == "forward":
        return f"-> {' or '.join(targets(item))}"
    if kind == "redirect":
        to = {**REDIRECT, **item.get("RedirectConfig", {})}
        query = f"?{to['Query']}" if to.get("Query") else ""
        place = f"{to['Protocol']}://{to['Host']}:{to['Port']}{to['Path']}{query}"
        return f"-> {place} ({to.get('StatusCode')})"
    return kind


def targets(item: dict[str, Any]) -> list[str]:
    """The target groups of a forwarding action, by the end of their ARN, or by name."""
    groups = item.get("ForwardConfig", {}).get("TargetGroups") or [item]
    names = (one.get("TargetGroupArn") or one.get("TargetGroupName") for one in groups)
    return [str(name).rpartition(":")[2] for name in names]


KINDS: dict[str, Kind] = {"amazon.aws.elb_application_lb": LoadBalancer("load_balancer")}
