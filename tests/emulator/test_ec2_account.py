"""Settings of an account and region answer as AWS's do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]


def test_snapshots_are_shared_until_that_is_blocked(aws: Aws) -> None:
    ec2 = aws("ec2")
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    assert ec2.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"
    ec2.disable_snapshot_block_public_access()
    assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"


def test_images_are_shared_until_that_is_blocked(aws: Aws) -> None:
    ec2, told = aws("ec2"), "ImageBlockPublicAccessState"
    assert ec2.get_image_block_public_access_state()[told] == "unblocked"
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    assert ec2.get_image_block_public_access_state()[told] == "block-new-sharing"
    ec2.disable_image_block_public_access()
    assert ec2.get_image_block_public_access_state()[told] == "unblocked"


def test_metadata_has_no_defaults_until_somebody_prefers_some(aws: Aws) -> None:
    ec2 = aws("ec2")
    assert "HttpTokens" not in ec2.get_instance_metadata_defaults()["AccountLevel"]
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    ec2.modify_instance_metadata_defaults(HttpPutResponseHopLimit=-1)
    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {"HttpTokens": "required"}
    ec2.modify_instance_metadata_defaults(HttpTokens="no-preference")
    assert "HttpTokens" not in ec2.get_instance_metadata_defaults()["AccountLevel"]
