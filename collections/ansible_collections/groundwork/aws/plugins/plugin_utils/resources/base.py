"""What a table says about one kind of resource, and what a description is made of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.placeholders import (
    mentions_placeholder,
)

Arguments = dict[str, Any]
SENSITIVE = re.compile(
    r"password|passphrase|private_key|^(json_)?secret$|secret_(string|value|key)$|(auth|session|security)_token$"
    r"|key_material|secret_binary|user_data|access_key|host_config_key"
)
# What steers a module and is no property of its resource.
CONTROLS = frozenset({
    "state", "wait", "wait_timeout", "delay", "region", "profile", "endpoint_url", "access_key",
    "secret_key", "session_token", "aws_access_key", "aws_secret_key", "security_token",
    "aws_ca_bundle", "validate_certs", "aws_config", "debug_botocore_endpoint_logs",
    "aws_region", "ec2_region", "filters", "force", "overwrite", "lookup", "multi_ok",
    "purge_tags", "purge_subnets", "purge_routes", "purge_rules", "purge_rules_egress",
    "purge_listeners", "purge_policies", "purge_security_groups",
    "purge_cloudwatch_logs_exports", "apply_immediately", "allow_major_version_upgrade",
    "force_update_password", "skip_final_snapshot", "only_version", "in_vpc",
})  # fmt: skip


@dataclass
class Found:
    """A resource as AWS has it: its properties in the language of the module's arguments."""

    name: str
    properties: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class Kind:
    """One kind of resource, told from a module's arguments.

    `type` is the field's short term. `own_diff` says that the module returns before and after
    itself. `sensitive` names further arguments whose values must not be shown. `unplanned` begins
    the names of properties whose change the module does not announce in check mode; `withheld` names
    arguments that it acts upon even there, and so does not get. `plans_unknown`: the module itself plans
    what is not known yet.
    """

    service: str = ""
    own_diff = False
    sensitive: frozenset[str] = frozenset()
    purge_tags = True
    unplanned: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()
    plans_unknown = False

    def __init__(self, type: str, name: str = "name", **settings: Any) -> None:
        self.type = type
        self.name_argument = name
        for key, value in settings.items():
            setattr(self, key, value)

    def name(self, args: Arguments) -> str | None:
        """The resource's name as far as the arguments tell, None where only AWS knows it."""
        value = args.get(self.name_argument)
        return str(value) if value else tags_of(args).get("Name")

    def type_of(self, args: Arguments) -> str:
        """The resource's type, for a module that takes resources of several types."""
        return self.type

    def each(self, args: Arguments) -> list[Arguments]:
        """The arguments by resource, for a module that takes several resources at once."""
        return [args]

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        """The resource as it is, or None where there is none that these arguments mean."""
        raise NotImplementedError

    def asked(self, args: Arguments) -> dict[str, Any]:
        """The properties that the arguments ask for, without tags, spelled as `describe` does."""
        return {
            key: value
            for key, value in args.items()
            if key not in CONTROLS and key not in ("tags", "resource_tags", self.name_argument)
        }

    def is_sensitive(self, argument: str) -> bool:
        """Whether the value of `argument` must not be shown."""
        return argument in self.sensitive or bool(SENSITIVE.search(argument))


def tags_of(args: Arguments) -> dict[str, str]:
    """The tags that the arguments ask for."""
    tags = args.get("tags") or args.get("resource_tags") or {}
    return {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}


def known(args: Arguments, *names: str) -> bool:
    """Whether all of these arguments are given and no placeholder stands in them."""
    return all(args.get(name) and not mentions_placeholder(args[name]) for name in names)


def filters(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Filters of EC2's API from values (one or a list) by name."""
    return [
        {"Name": name, "Values": [str(v) for v in (value if isinstance(value, list) else [value])]}
        for name, value in wanted.items()
    ]


def first(found: list[Any]) -> Any:
    """The first of an answer's items, or None."""
    return found[0] if found else None


def plain_tags(tags: list[dict[str, str]] | None, key: str = "Key") -> dict[str, str]:
    """A list of the API's tags as a dict. KMS calls the key TagKey."""
    value = key.replace("Key", "Value")
    return {tag[key]: tag[value] for tag in tags or []}


def document(text: Any) -> Any:
    """A policy's JSON text as data."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
