# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What resources of AWS Backup have in common: their tags."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.resource import Resource


class BackupResource(Resource):
    """A resource of AWS Backup; `describe` gives its ARN as `arn`."""

    service = "backup"

    def tags_of(self, arn: str) -> dict[str, str]:
        """The tags of the resource, which AWS Backup gives as a mapping."""
        return self.client.list_tags(ResourceArn=arn, aws_retry=True).get("Tags") or {}

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        arn = current["arn"]
        if remove:
            self.client.untag_resource(ResourceArn=arn, TagKeyList=remove, aws_retry=True)
        if add:
            self.client.tag_resource(ResourceArn=arn, Tags=add, aws_retry=True)
