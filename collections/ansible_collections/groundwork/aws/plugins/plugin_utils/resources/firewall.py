"""Security group, with its rules as lines that a person reads."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.firewall_rules import (
    SOURCES,
    line,
    lines,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    filters,
    first,
    known,
    plain_tags,
)


class SecurityGroup(Kind):
    """A security group: by its id, or by name in its VPC."""

    service = "ec2"

    def name(self, args: Arguments) -> str | None:
        return str(args["name"]) if args.get("name") else None

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        if known(args, "group_id"):
            wanted = {"group-id": args["group_id"]}
        elif known(args, "name", "vpc_id"):
            wanted = {"group-name": args["name"], "vpc-id": args["vpc_id"]}
        elif known(args, "name") and not args.get("vpc_id"):
            wanted = {"group-name": args["name"]}
        else:
            return None
        answer = clients["ec2"].describe_security_groups(Filters=filters(wanted))
        group = first(answer["SecurityGroups"])
        if group is None:
            return None
        properties = {
            "rules": lines(group["IpPermissions"], "from"),
            "rules_egress": lines(group["IpPermissionsEgress"], "to"),
        }
        return Found(group["GroupName"], properties, plain_tags(group.get("Tags")))

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        asked.pop("group_id", None)
        for key, side in (("rules", "from"), ("rules_egress", "to")):
            if asked.get(key) is not None:
                asked[key] = sorted(
                    {item for rule in asked[key] for item in asked_lines(rule, side)}
                )
        return asked


def asked_lines(rule: dict[str, Any], side: str) -> list[str]:
    """One rule of the module's arguments in lines: one for each of its ports and sources."""
    names = [argument for *_, argument in SOURCES] + ["group_name"]
    sources = [item for name in names if rule.get(name) for item in several(rule[name])]
    return [
        line(rule.get("proto", "tcp"), span, side, source, rule.get("rule_desc"))
        for span in spans(rule)
        for source in sources
    ]


def spans(rule: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The ranges of ports that a rule of the arguments means."""
    if rule.get("from_port") is not None or rule.get("to_port") is not None:
        return [(rule.get("from_port"), rule.get("to_port"))]
    if rule.get("icmp_type") is not None:
        return [(rule["icmp_type"], rule.get("icmp_code"))]
    ranges = [str(port).partition("-") for port in several(rule.get("ports"))]
    return [(first_port, last_port or first_port) for first_port, _, last_port in ranges] or [
        (None, None)
    ]


def several(value: Any) -> list[Any]:
    """A list of one value or of several, flat."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [item for part in value for item in several(part)]
    return [value]


KINDS: dict[str, Kind] = {"amazon.aws.ec2_security_group": SecurityGroup("security_group")}
