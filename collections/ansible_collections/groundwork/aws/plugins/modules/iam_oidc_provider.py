#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an IAM OpenID Connect provider."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: iam_oidc_provider
short_description: Manage an IAM OpenID Connect provider
description:
  - Keeps the client ids and tags of an identity provider (such as GitHub Actions) as asked.
  - Written because neither amazon.aws nor community.aws has a module for it.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: URL of the provider, with C(https://). One account holds one provider of a URL.
    type: str
    required: true
    aliases: [url]
  client_ids:
    description: Audiences that are accepted. Those not listed are removed.
    type: list
    elements: str
    default: [sts.amazonaws.com]
  shared:
    description:
      - An account holds one provider of a URL, and several environments may need it. With this, a provider that
        carries other values of O(tags) is somebody else's. It is used as it is, neither changed nor deleted.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Let GitHub Actions identify itself
  groundwork.aws.iam_oidc_provider:
    name: https://token.actions.githubusercontent.com
"""

RETURN = r"""
arn:
  description: ARN of the provider.
  returned: when it exists
  type: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
)


class Provider(Resource):
    """An OpenID Connect provider, identified by its URL."""

    service = "iam"

    def describe(self) -> dict[str, Any] | None:
        suffix = f":oidc-provider/{self.params['name'].removeprefix('https://')}"
        providers = self.client.list_open_id_connect_providers(aws_retry=True)[
            "OpenIDConnectProviderList"
        ]
        arn = next((item["Arn"] for item in providers if item["Arn"].endswith(suffix)), None)
        if arn is None:
            return None
        provider = self.client.get_open_id_connect_provider(
            OpenIDConnectProviderArn=arn, aws_retry=True
        )
        return {
            "arn": arn,
            "client_ids": sorted(provider.get("ClientIDList", [])),
            "tags": boto3_tag_list_to_ansible_dict(provider.get("Tags", [])),
        }

    def _run(self) -> None:
        current = self.describe()
        if self.params["shared"] and current and self._is_foreign(current):
            self.module.exit_json(
                changed=False, diff={"before": {}, "after": {}}, **self.result(current)
            )
        super()._run()

    def _is_foreign(self, current: dict[str, Any]) -> bool:
        return any(
            current["tags"].get(key, value) != value
            for key, value in (self.params["tags"] or {}).items()
        )

    def desired(self) -> dict[str, Any]:
        return {"client_ids": sorted(self.params["client_ids"])}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        self.client.create_open_id_connect_provider(
            Url=self.params["name"],
            ClientIDList=properties["client_ids"],
            Tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        wanted, had = set(changes["client_ids"]), set(current["client_ids"])
        provider = {"OpenIDConnectProviderArn": current["arn"], "aws_retry": True}
        for client_id in sorted(wanted - had):
            self.client.add_client_id_to_open_id_connect_provider(ClientID=client_id, **provider)
        for client_id in sorted(had - wanted):
            self.client.remove_client_id_from_open_id_connect_provider(
                ClientID=client_id, **provider
            )

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        provider = {"OpenIDConnectProviderArn": current["arn"], "aws_retry": True}
        if remove:
            self.client.untag_open_id_connect_provider(TagKeys=remove, **provider)
        if add:
            self.client.tag_open_id_connect_provider(
                Tags=ansible_dict_to_boto3_tag_list(add), **provider
            )

    def delete(self, current: dict[str, Any]) -> None:
        self.client.delete_open_id_connect_provider(
            OpenIDConnectProviderArn=current["arn"], aws_retry=True
        )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {"arn": current["arn"]} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True, "aliases": ["url"]},
            "client_ids": {"type": "list", "elements": "str", "default": ["sts.amazonaws.com"]},
            "shared": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    Provider(module).run()


if __name__ == "__main__":
    main()
