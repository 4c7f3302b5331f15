"""The pipeline's role as the component identity makes it."""

from __future__ import annotations

from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tests.unit.host_roles import variables

PLACE = {
    "project": "shop",
    "environment": "qa",
    "prefix": "shop-qa",
    "region": "us-east-1",
    "account": "123456789012",
}
KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
GIVEN = {
    "env": "qa",
    "project": "shop",
    "resource_prefix": "shop-qa",
    "aws_region": "us-east-1",
    "aws_account_id": "123456789012",
    "app_services": {"api": {"port": 3000}, "web": {"port": 3001}},
    "state_bucket": "shop-qa-state-123456789012",
    "state_table": "shop-qa-lock",
    "metrics_namespace": "shop/qa",
    "ci_repository": "shop/shop",
    "hostvars": {"keys": {"outputs": {"key_arn": KEY}}},
}


def policy(**given: Any) -> dict[str, Any]:
    """What the role may do: its policy's document, with lists of actions and resources."""
    known = variables("identity") | GIVEN | given
    document = Templar(loader=DataLoader(), variables=known).template(known["_identity_ci_policy"])
    return as_lists(document["document"])


def as_lists(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose statements have lists where IAM takes one text as well."""
    found = []
    for one in document["Statement"]:
        lists = {name: _several(one[name]) for name in ("Action", "Resource")}
        if lists["Resource"] == ["*"]:
            lists["Resource"] = "*"
        found.append({**one, **lists})
    return {**document, "Statement": found}


def _several(one: Any) -> list[str]:
    return [one] if isinstance(one, str) else list(one)
