#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an S3 bucket as a whole, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: s3_bucket
short_description: Manage an S3 bucket with all that belongs to it
description:
  - Keeps a bucket's versioning, encryption, public access block, ownership, policy, lifecycle rules,
    access logging and tags as asked.
  - Written because M(amazon.aws.s3_bucket) and M(community.aws.s3_lifecycle) have no check mode, so
    what they would do is missing from a plan.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the bucket.
    type: str
    required: true
  versioning:
    description: Whether versions of objects are kept. A bucket that once had versioning can only suspend it.
    type: bool
    default: false
  encryption:
    description: How objects are encrypted by default.
    type: str
    choices: [AES256, 'aws:kms']
    default: AES256
  kms_key_id:
    description: ARN of the KMS key, for O(encryption=aws:kms).
    type: str
  policy:
    description:
      - The bucket policy. The statement C(TLSOnly), which refuses requests without TLS, is added to it, and is
        the whole policy when none is given.
    type: json
  lifecycle_rules:
    description:
      - The lifecycle rules, in the form of the API (C(PutBucketLifecycleConfiguration)). An empty list removes
        them; left alone when not given.
    type: list
    elements: dict
  force:
    description: With O(state=absent), delete the objects and their versions too. Without it a bucket with content is an error.
    type: bool
    default: false
notes:
  - Public access is always blocked, ACLs are always disabled (bucket owner enforced), and requests without
    TLS are always refused.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep a bucket for records
  groundwork.aws.s3_bucket:
    name: shop-qa-state-123456789012
    versioning: true
"""

RETURN = r"""
name:
  description: Name of the bucket.
  returned: when the bucket exists
  type: str
arn:
  description: ARN of the bucket.
  returned: when the bucket exists
  type: str
"""

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
    canonical_json,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

PUBLIC_ACCESS_BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)
# What AWS answers where a bucket has no such configuration.
ABSENT_CODES = {
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


class Bucket(Resource):
    """A bucket and its sub-resources."""

    service = "s3"

    def _get(self, operation: str, key: str) -> Any:
        try:
            return getattr(self.client, operation)(Bucket=self.params["name"], aws_retry=True).get(
                key
            )
        except ClientError as error:
            if error_code(error) in ABSENT_CODES:
                return None
            raise

    def describe(self) -> dict[str, Any] | None:
        name = self.params["name"]
        try:
            self.client.head_bucket(Bucket=name, aws_retry=True)
        except ClientError as error:
            if error_code(error) in ("404", "NoSuchBucket"):
                return None
            if error_code(error) == "403":
                self.module.fail_json(
                    msg=f"The bucket name {name} belongs to another account (or this role may not read it). "
                    "Bucket names are global: choose another project name or prefix."
                )
            raise
        rules = (self._get("get_bucket_encryption", "ServerSideEncryptionConfiguration") or {}).get(
            "Rules", []
        )
        encryption = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
        ownership = (self._get("get_bucket_ownership_controls", "OwnershipControls") or {}).get(
            "Rules", []
        )
        return {
            "name": name,
            "arn": f"arn:aws:s3:::{name}",
            "versioning": self._get("get_bucket_versioning", "Status") == "Enabled",
            "encryption": {
                "algorithm": encryption.get("SSEAlgorithm"),
                "key": encryption.get("KMSMasterKeyID"),
            },
            "public_access_block": self._get(
                "get_public_access_block", "PublicAccessBlockConfiguration"
            ),
            "ownership": ownership[0]["ObjectOwnership"] if ownership else None,
            "policy": canonical_json(self._get("get_bucket_policy", "Policy")),
            "lifecycle_rules": sorted(
                self._get("get_bucket_lifecycle_configuration", "Rules") or [], key=str
            ),
            "tags": boto3_tag_list_to_ansible_dict(self._get("get_bucket_tagging", "TagSet") or []),
        }

    def desired(self) -> dict[str, Any]:
        properties: dict[str, Any] = {
            "versioning": self.params["versioning"],
            "encryption": {
                "algorithm": self.params["encryption"],
                "key": self.params["kms_key_id"],
            },
            "public_access_block": PUBLIC_ACCESS_BLOCK,
            "ownership": "BucketOwnerEnforced",
            "policy": canonical_json(self._policy()),
        }
        if self.params["lifecycle_rules"] is not None:
            properties["lifecycle_rules"] = sorted(self.params["lifecycle_rules"], key=str)
        return properties

    def _policy(self) -> dict[str, Any]:
        """The policy that is asked for, and in it that requests come by TLS."""
        arn = f"arn:aws:s3:::{self.params['name']}"
        given = json.loads(self.params["policy"] or "{}")
        statements = given.get("Statement", [])
        statements = statements if isinstance(statements, list) else [statements]
        tls_only = {
            "Sid": "TLSOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        others = [one for one in statements if one.get("Sid") != tls_only["Sid"]]
        return {"Version": "2012-10-17", **given, "Statement": [*others, tls_only]}

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        arguments: dict[str, Any] = {
            "Bucket": self.params["name"],
            "ObjectOwnership": "BucketOwnerEnforced",
        }
        if self.module.region != "us-east-1":
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": self.module.region}
        self.client.create_bucket(aws_retry=True, **arguments)
        self.client.get_waiter("bucket_exists").wait(Bucket=self.params["name"])
        current = self.describe() or {}
        self.update(
            {key: value for key, value in properties.items() if current.get(key) != value}, current
        )
        self.set_tags(current, tags, [])

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        bucket = {"Bucket": self.params["name"], "aws_retry": True}
        if "ownership" in changes:
            self.client.put_bucket_ownership_controls(
                OwnershipControls={"Rules": [{"ObjectOwnership": changes["ownership"]}]}, **bucket
            )
        if "public_access_block" in changes:
            self.client.put_public_access_block(
                PublicAccessBlockConfiguration=changes["public_access_block"], **bucket
            )
        if "versioning" in changes and (changes["versioning"] or current.get("versioning")):
            status = "Enabled" if changes["versioning"] else "Suspended"
            self.client.put_bucket_versioning(VersioningConfiguration={"Status": status}, **bucket)
        if "encryption" in changes:
            default = {"SSEAlgorithm": changes["encryption"]["algorithm"]}
            if changes["encryption"]["key"]:
                default["KMSMasterKeyID"] = changes["encryption"]["key"]
            self.client.put_bucket_encryption(
                ServerSideEncryptionConfiguration={
                    "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
                },
                **bucket,
            )
        if "policy" in changes:
            self.client.put_bucket_policy(Policy=self.module.jsonify(changes["policy"]), **bucket)
        if "lifecycle_rules" in changes:
            if changes["lifecycle_rules"]:
                self.client.put_bucket_lifecycle_configuration(
                    LifecycleConfiguration={"Rules": changes["lifecycle_rules"]}, **bucket
                )
            else:
                self.client.delete_bucket_lifecycle(**bucket)

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        tags = {
            key: value
            for key, value in {**current.get("tags", {}), **add}.items()
            if key not in remove
        }
        if tags:
            self.client.put_bucket_tagging(
                Bucket=self.params["name"],
                Tagging={"TagSet": ansible_dict_to_boto3_tag_list(tags)},
                aws_retry=True,
            )
        elif current.get("tags"):
            self.client.delete_bucket_tagging(Bucket=self.params["name"], aws_retry=True)

    def delete(self, current: dict[str, Any]) -> None:
        name = self.params["name"]
        if self.params["force"]:
            self._empty(name)
        try:
            self.client.delete_bucket(Bucket=name, aws_retry=True)
        except ClientError as error:
            if error_code(error) != "BucketNotEmpty":
                raise
            self.module.fail_json(
                msg=f"The bucket {name} still holds objects. Set force: true to delete them with it."
            )

    def _empty(self, name: str) -> None:
        for page in self.client.get_paginator("list_object_versions").paginate(Bucket=name):
            objects = [
                {"Key": item["Key"], "VersionId": item["VersionId"]}
                for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            ]
            if objects:
                self.client.delete_objects(
                    Bucket=name, Delete={"Objects": objects, "Quiet": True}, aws_retry=True
                )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "versioning": {"type": "bool", "default": False},
            "encryption": {"type": "str", "choices": ["AES256", "aws:kms"], "default": "AES256"},
            "kms_key_id": {"type": "str", "no_log": False},
            "policy": {"type": "json"},
            "lifecycle_rules": {"type": "list", "elements": "dict"},
            "force": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    Bucket(module).run()


if __name__ == "__main__":
    main()
