"""Hosted zone and record of Route 53."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    known,
    plain_tags,
)


def full(name: Any) -> str:
    """A domain as Route 53 spells it, with its last dot."""
    return f"{str(name).rstrip('.')}.".lower()


def zone_id(clients: Any, name: Any) -> str | None:
    """The id of the public zone of this name."""
    pages = clients["route53"].get_paginator("list_hosted_zones").paginate()
    zones = (zone for page in pages for zone in page["HostedZones"])
    found = (z for z in zones if z["Name"] == full(name) and not z["Config"]["PrivateZone"])
    return next((zone["Id"].rpartition("/")[2] for zone in found), None)


class Zone(Kind):
    """A hosted zone, by its domain."""

    service = "route53"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        route53 = clients["route53"]
        given = args["hosted_zone_id"] if known(args, "hosted_zone_id") else None
        identifier = given or zone_id(clients, args["zone"])
        if identifier is None:
            return None
        zone = route53.get_hosted_zone(Id=identifier)["HostedZone"]
        answer = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=identifier)
        properties = {"comment": zone["Config"].get("Comment", "")}
        tags = plain_tags(answer["ResourceTagSet"]["Tags"])
        return Found(zone["Name"].rstrip("."), properties, tags)


class Record(Kind):
    """A record: «A qa.example.com», by its type and name in its zone."""

    service = "route53"

    def name(self, args: Arguments) -> str | None:
        return f"{args['type']} {str(args['record']).rstrip('.')}"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        if not known(args, "record"):
            return None
        if "hosted_zone_id" in args:
            identifier = args["hosted_zone_id"] if known(args, "hosted_zone_id") else None
        else:
            identifier = zone_id(clients, args["zone"]) if known(args, "zone") else None
        if identifier is None:
            return None
        answer = clients["route53"].list_resource_record_sets(
            HostedZoneId=identifier,
            StartRecordName=full(args["record"]),
            StartRecordType=args["type"],
            MaxItems="1",
        )
        for record in answer["ResourceRecordSets"]:
            if (full(record["Name"]), record["Type"]) == (full(args["record"]), args["type"]):
                return Found(str(self.name(args)), self._properties(record))
        return None

    @staticmethod
    def _properties(record: dict[str, Any]) -> dict[str, Any]:
        alias = record.get("AliasTarget")
        if alias:
            return {
                "value": [alias["DNSName"].rstrip(".")],
                "alias_hosted_zone_id": alias["HostedZoneId"],
                "alias_evaluate_target_health": alias["EvaluateTargetHealth"],
            }
        values = [item["Value"] for item in record.get("ResourceRecords", [])]
        return {"value": values, "ttl": record.get("TTL")}

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        for name in ("record", "type", "zone", "hosted_zone_id", "alias", "private_zone"):
            asked.pop(name, None)
        value = asked.get("value")
        if value is not None:
            values = value if isinstance(value, list) else str(value).split(",")
            strip = bool(args.get("alias"))
            asked["value"] = [str(item).rstrip(".") if strip else str(item) for item in values]
        return asked


KINDS: dict[str, Kind] = {
    "amazon.aws.route53": Record("dns_record"),
    "amazon.aws.route53_zone": Zone("hosted_zone", "zone"),
}
