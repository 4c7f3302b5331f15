#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Keep JSON objects in a bucket, many in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: state_objects
short_description: Keep JSON objects in an S3 bucket
description:
  - Writes those of the given objects that differ from what the bucket holds, and no others. With a versioned bucket
    each change keeps the one before.
  - Written because M(amazon.aws.s3_object) takes one object a task, and cannot be planned before the bucket exists.
version_added: 0.1.0
author: Groundwork contributors
options:
  bucket:
    description: Name of the bucket.
    type: str
    required: true
  objects:
    description: The objects, plain data by key. V(.json) is not added to the key.
    type: dict
    default: {}
  absent:
    description: Keys of objects to delete. One that is not there, nor its bucket, is deleted already.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Publish what the network offers
  groundwork.aws.state_objects:
    bucket: shop-qa-state-123456789012
    objects:
      outputs/network.json:
        vpc_id: vpc-0123456789abcdef0
"""

RETURN = r"""
written:
  description: Keys of the objects that were written (in check mode, that would be).
  returned: always
  type: list
  elements: str
deleted:
  description: Keys of the objects that were deleted (in check mode, that would be).
  returned: always
  type: list
  elements: str
"""

import os

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.state import (
    read_object,
    standing,
    written,
)

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "bucket": {"type": "str", "required": True},
            "objects": {"type": "dict", "default": {}},
            "absent": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    client = module.client("s3", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    bucket, objects = module.params["bucket"], module.params["objects"]
    try:
        keys = [*objects, *module.params["absent"]]
        # Read is what differs: often nothing.
        same = (
            standing(client, bucket, objects, os.path.commonprefix(list(objects)))
            if len(objects) > 2
            else set()
        )
        before = {key: read_object(client, bucket, key) for key in keys if key not in same}
        changes = {
            key: value for key, value in objects.items() if key in before and before[key] != value
        }
        deleted = [key for key in module.params["absent"] if before[key] is not None]
        if not module.check_mode:
            for key, value in changes.items():
                client.put_object(
                    Bucket=bucket,
                    Key=key,
                    Body=written(value),
                    ContentType="application/json",
                    aws_retry=True,
                )
            for key in deleted:
                client.delete_object(Bucket=bucket, Key=key, aws_retry=True)
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"Objects in the bucket {bucket}")
    module.exit_json(
        changed=bool(changes or deleted),
        written=sorted(changes),
        deleted=sorted(deleted),
        diff={"before": {key: before[key] for key in [*changes, *deleted]}, "after": changes},
    )


if __name__ == "__main__":
    main()
