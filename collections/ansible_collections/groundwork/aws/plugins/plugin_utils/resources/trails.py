"""What an account's events are recorded by: CloudTrail."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import (
    Arguments,
    Found,
    Kind,
    first,
    plain_tags,
)

# Our word for a property, and the API's.
PROPERTIES = {
    "s3_bucket_name": "S3BucketName",
    "kms_key_id": "KmsKeyId",
    "is_multi_region_trail": "IsMultiRegionTrail",
    "include_global_events": "IncludeGlobalServiceEvents",
    "enable_log_file_validation": "LogFileValidationEnabled",
}


class Trail(Kind):
    """A trail, by its name."""

    service = "cloudtrail"

    def describe(self, clients: Any, args: Arguments) -> Found | None:
        cloudtrail = clients["cloudtrail"]
        trail = first(cloudtrail.describe_trails(trailNameList=[args["name"]])["trailList"])
        if trail is None:
            return None
        arn = trail["TrailARN"]
        properties = {ours: trail.get(theirs) for ours, theirs in PROPERTIES.items()}
        properties["enable_logging"] = cloudtrail.get_trail_status(Name=trail["Name"])["IsLogging"]
        tags = first(cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]) or {}
        return Found(trail["Name"], properties, plain_tags(tags.get("TagsList")))


KINDS: dict[str, Kind] = {"amazon.aws.cloudtrail": Trail("trail")}
