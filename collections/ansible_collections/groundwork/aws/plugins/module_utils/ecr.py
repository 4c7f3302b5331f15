# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Reads of ECR that the image modules share."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.resource import error_code

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass


def repository_uri(client: Any, name: str) -> str | None:
    """What `docker push` takes, without a tag. None where there is no such repository."""
    try:
        found = client.describe_repositories(repositoryNames=[name], aws_retry=True)
    except ClientError as error:
        if error_code(error) == "RepositoryNotFoundException":
            return None
        raise
    return found["repositories"][0]["repositoryUri"]


def image(client: Any, repository: str, tag: str) -> dict[str, Any] | None:
    """An image by its tag: digest, size in bytes as stored, time of the push. None where there is none."""
    try:
        found = client.describe_images(
            repositoryName=repository, imageIds=[{"imageTag": tag}], aws_retry=True
        )
    except ClientError as error:
        if error_code(error) in ("ImageNotFoundException", "RepositoryNotFoundException"):
            return None
        raise
    detail = found["imageDetails"][0]
    pushed = detail.get("imagePushedAt")
    return {
        "digest": detail["imageDigest"],
        "size": detail.get("imageSizeInBytes", 0),
        "pushed_at": pushed.isoformat() if hasattr(pushed, "isoformat") else str(pushed or ""),
    }
