# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What the ElastiCache modules share: tags by ARN."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import Resource


class ElastiCacheResource(Resource):
    """A resource of ElastiCache: described by name, tagged by ARN."""

    service = "elasticache"

    def tags_of(self, arn: str) -> dict[str, str]:
        """The tags of the resource `arn`."""
        return boto3_tag_list_to_ansible_dict(
            self.client.list_tags_for_resource(ResourceName=arn, aws_retry=True)["TagList"]
        )

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        """Add and remove tags."""
        if remove:
            self.client.remove_tags_from_resource(
                ResourceName=current["arn"], TagKeys=remove, aws_retry=True
            )
        if add:
            self.client.add_tags_to_resource(
                ResourceName=current["arn"],
                Tags=ansible_dict_to_boto3_tag_list(add),
                aws_retry=True,
            )
