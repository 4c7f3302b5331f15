#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Read the JSON objects under a prefix of a bucket."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: state_objects_info
short_description: Read JSON objects from an S3 bucket
description:
  - Reads every JSON object under a prefix, in one task. A bucket that does not exist yet holds none.
  - Written because M(amazon.aws.s3_object) reads one object a task and fails where the bucket does not exist.
version_added: 0.1.0
author: Groundwork contributors
options:
  bucket:
    description: Name of the bucket.
    type: str
    required: true
  prefix:
    description: What the keys begin with.
    type: str
    default: ''
  newest:
    description: How many objects to read, those whose keys sort last. All of them where it is not given.
    type: int
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Read what the components published
  groundwork.aws.state_objects_info:
    bucket: shop-qa-state-123456789012
    prefix: outputs/
"""

RETURN = r"""
objects:
  description: The objects, plain data by what follows the prefix in their key, without V(.json).
  returned: always
  type: dict
"""

from concurrent.futures import ThreadPoolExecutor

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.state import list_keys, read_object

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "bucket": {"type": "str", "required": True},
            "prefix": {"type": "str", "default": ""},
            "newest": {"type": "int"},
        },
        supports_check_mode=True,
    )
    client = module.client("s3", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    bucket, prefix = module.params["bucket"], module.params["prefix"]
    newest = module.params["newest"]
    if newest is not None and newest < 1:
        module.fail_json(msg=f"newest: {newest} objects cannot be read. Write 1 or more.")
    try:
        keys = sorted(list_keys(client, bucket, prefix))
        keys = keys[-newest:] if newest else keys
        # There are as many records as there were releases in years.
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = list(pool.map(lambda key: read_object(client, bucket, key), keys))
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"Objects under {prefix} in the bucket {bucket}")
    names = [key.removeprefix(prefix).removesuffix(".json") for key in keys]
    module.exit_json(changed=False, objects=dict(zip(names, found, strict=True)))


if __name__ == "__main__":
    main()
