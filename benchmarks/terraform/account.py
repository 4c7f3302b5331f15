"""What was read of an account: kind -> name -> what AWS's own calls answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3

Properties = dict[str, Any]


@dataclass(slots=True)
class Account:
    """What was read. `ids` gives an id or ARN that AWS made up the name of what is behind it."""

    endpoint: str
    resources: dict[str, dict[str, Properties]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Make a client of the account."""
        return boto3.client(service, endpoint_url=self.endpoint)

    def add(self, kind: str, name: str, properties: Properties, *ids: str) -> None:
        """Keep a resource. A second one of the same name is kept beside it, so that it is seen."""
        kept = self.resources.setdefault(kind, {})
        while name in kept:
            name += " (again)"
        kept[name] = properties
        self.ids |= dict.fromkeys(ids, f"<{kind} {name}>")


def pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """List what an operation answers under `key`, of all its pages."""
    if not client.can_paginate(operation):
        yield from getattr(client, operation)(**arguments)[key]
        return
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def tag(resource: Properties, name: str = "Name") -> str:
    """Tell the value of a tag, empty where there is none."""
    tags = {one["Key"]: one["Value"] for one in resource.get("Tags", [])}
    return tags.get(name, "")
