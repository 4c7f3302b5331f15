#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""List snapshots of RDS instances, those of AWS Backup among them."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: db_snapshots_info
short_description: List snapshots of RDS instances, also those that AWS Backup made
description:
  - Lists automated snapshots, those taken by hand, and those of AWS Backup (C(awsbackup:job-...), and copies, C(awsbackup:copyjob-...)).
  - Written because M(amazon.aws.rds_snapshot_info) cannot ask for the type V(awsbackup), which RDS leaves out unless it is asked for, and
    returns no tags.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Identifier of one snapshot. All of the region where it is not given.
    type: str
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
- name: Look for what there is to restore
  groundwork.aws.db_snapshots_info:
  register: _snapshots
"""

RETURN = r"""
snapshots:
  description: The snapshots, as RDS describes them, names in snake case. None where there is no snapshot of O(name).
  returned: always
  type: list
  elements: dict
  contains:
    db_snapshot_identifier:
      description: The snapshot's name.
      type: str
    snapshot_type:
      description: V(automated), V(manual) or V(awsbackup).
      type: str
    tags:
      description: Its tags.
      type: dict
"""

from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import error_code

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

OF_BACKUP = "awsbackup"
MISSING = ("DBSnapshotNotFound", "DBSnapshotNotFoundFault")


def asked(name: str | None) -> list[dict[str, str]]:
    """What RDS is asked: unless a name tells the type, it is asked twice."""
    named = {"DBSnapshotIdentifier": name} if name else {}
    backups = {**named, "SnapshotType": OF_BACKUP}
    if name:
        return [backups] if name.startswith(f"{OF_BACKUP}:") else [named]
    return [named, backups]


def snapshots(client: Any, name: str | None) -> list[dict[str, Any]]:
    """The snapshots by ARN, each once, whether RDS tells those of AWS Backup unasked or not."""
    found: dict[str, dict[str, Any]] = {}
    try:
        for question in asked(name):
            for page in client.get_paginator("describe_db_snapshots").paginate(**question):
                found |= {one["DBSnapshotArn"]: one for one in page["DBSnapshots"]}
    except ClientError as error:
        if error_code(error) not in MISSING:
            raise
    return [shown(one) for _, one in sorted(found.items())]


def shown(snapshot: dict[str, Any]) -> dict[str, Any]:
    """One snapshot as the module returns it."""
    tags = boto3_tag_list_to_ansible_dict(snapshot.pop("TagList", None) or [])
    return {**camel_dict_to_snake_dict(snapshot), "tags": tags}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec={"name": {"type": "str"}}, supports_check_mode=True)
    client = module.client("rds", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    try:
        found = snapshots(client, module.params["name"])
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg="Looking for snapshots")
    module.exit_json(changed=False, snapshots=found)


if __name__ == "__main__":
    main()
