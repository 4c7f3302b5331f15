"""Instance, key pair."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    filters,
    first,
    known,
    plain_tags,
)

ALIVE = ["pending", "running", "stopping", "stopped"]
# the module's state -> the API's
STATES = {"running": "running", "started": "running", "stopped": "stopped", "present": None}


class Instance(Kind):
    """An instance: by its id, or as the module finds it, by filters or by its name."""

    service = "ec2"
    # amazon.aws 11.4 associates the profile in check mode too.
    unplanned = ("iam_instance_profile",)
    withheld = frozenset({"iam_instance_profile", "instance_role"})

    def name(self, args: Arguments) -> str | None:
        identifiers = listed(args.get("instance_ids"))
        return super().name(args) or (str(identifiers[0]) if len(identifiers) == 1 else None)

    def each(self, args: Arguments) -> list[Arguments]:
        identifiers = listed(args.get("instance_ids"))
        return [{**args, "instance_ids": [item]} for item in identifiers] or [args]

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        if known(args, "instance_ids"):
            wanted = {"instance-id": args["instance_ids"], "instance-state-name": ALIVE}
        elif known(args, "filters"):
            wanted = {"instance-state-name": ALIVE, **args["filters"]}
        elif known(args, "name"):
            wanted = {"tag:Name": args["name"], "instance-state-name": ALIVE}
        else:
            return None
        answer = clients["ec2"].describe_instances(Filters=filters(wanted))
        instance = first([i for r in answer["Reservations"] for i in r["Instances"]])
        if instance is None:
            return None
        tags = plain_tags(instance.get("Tags"))
        # What the module cannot change after launch (image, subnet, key) is not compared.
        properties = {
            "instance_type": instance["InstanceType"],
            "ebs_optimized": instance.get("EbsOptimized", False),
            "iam_instance_profile": instance.get("IamInstanceProfile", {})
            .get("Arn", "")
            .rpartition("/")[2],
            "security_groups": [group["GroupId"] for group in instance["SecurityGroups"]],
            "metadata_options": metadata(instance.get("MetadataOptions", {})),
            "state": instance["State"]["Name"],
        }
        if properties["state"] == "pending":
            properties["state"] = "running"
        return Found(tags.get("Name") or instance["InstanceId"], properties, tags)

    def asked(self, args: Arguments) -> dict[str, Any]:
        asked = super().asked(args)
        asked.pop("instance_ids", None)
        if isinstance(asked.get("iam_instance_profile"), str):
            asked["iam_instance_profile"] = asked["iam_instance_profile"].rpartition("/")[2]
        state = STATES.get(str(args.get("state", "present")))
        return {**asked, "state": state} if state else asked


def listed(value: Any) -> list[Any]:
    """A list that may be written as text with commas."""
    return value.split(",") if isinstance(value, str) else list(value or [])


def metadata(options: dict[str, Any]) -> dict[str, Any]:
    """The options of the metadata service by the module's names."""
    names = {
        "http_endpoint": "HttpEndpoint",
        "http_tokens": "HttpTokens",
        "http_put_response_hop_limit": "HttpPutResponseHopLimit",
        "http_protocol_ipv6": "HttpProtocolIpv6",
        "instance_metadata_tags": "InstanceMetadataTags",
    }
    return {ours: options[theirs] for ours, theirs in names.items() if theirs in options}


class KeyPair(Kind):
    """A key pair; its key cannot be read back, so only its tags are compared."""

    service = "ec2"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        wanted = filters({"key-name": args["name"]})
        pair = first(clients["ec2"].describe_key_pairs(Filters=wanted)["KeyPairs"])
        return pair and Found(pair["KeyName"], {}, plain_tags(pair.get("Tags")))


KINDS: dict[str, Kind] = {
    "amazon.aws.ec2_instance": Instance("instance"),
    "amazon.aws.ec2_key": KeyPair("key_pair"),
}
