#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage the security settings of an account, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: account_settings
short_description: Manage the security settings of an account and a region
description:
  - Keeps what an AWS account does where nobody says otherwise. Of EC2, in one region, encryption of new disks, sharing of snapshots and
    images, and the metadata service of new instances; of S3 the public access block; of IAM the password policy.
  - A setting that is not given is neither read nor changed.
  - Written because amazon.aws and community.aws have no modules for them but M(amazon.aws.iam_password_policy), which sets the
    policy in check mode too.
version_added: 0.1.0
author: Groundwork contributors
options:
  account_id:
    description: Number of the account.
    type: str
    required: true
  disk_encryption:
    description: Whether new disks and snapshots are encrypted unless somebody asks for a key of their own.
    type: bool
  snapshot_sharing:
    description: Which sharing of snapshots with everybody is blocked.
    type: str
    choices: [unblocked, block-new-sharing, block-all-sharing]
  image_sharing:
    description: Which sharing of images with everybody is blocked.
    type: str
    choices: [unblocked, block-new-sharing]
  metadata_tokens:
    description: Whether new instances answer requests for metadata without a token. V(no-preference) leaves it to AWS.
    type: str
    choices: [required, optional, no-preference]
  bucket_access_block:
    description: Whether S3 blocks public access of all buckets and objects of the account, whatever a bucket says.
    type: bool
  password_policy:
    description: What passwords of IAM users have to be.
    type: dict
    suboptions:
      minimum_length:
        description: Characters at least.
        type: int
        default: 14
      symbols:
        description: Whether a symbol is needed.
        type: bool
        default: true
      numbers:
        description: Whether a digit is needed.
        type: bool
        default: true
      uppercase:
        description: Whether an upper case letter is needed.
        type: bool
        default: true
      lowercase:
        description: Whether a lower case letter is needed.
        type: bool
        default: true
      reuse_prevention:
        description: How many former passwords may not come back. V(0) for none.
        type: int
        default: 24
      max_age:
        description: Days after which a password has to be changed. V(0) for never.
        type: int
        default: 0
notes:
  - With O(state=absent) the settings that are given, with any value, go back to what AWS has in a new account.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Encrypt new disks, share no snapshots
  groundwork.aws.account_settings:
    account_id: "123456789012"
    disk_encryption: true
    snapshot_sharing: block-all-sharing
"""

RETURN = r"""
settings:
  description: The settings that are managed, as they are.
  returned: always
  type: dict
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.resource import (
    COMMON_ARGUMENTS,
    Resource,
    error_code,
)

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
# What a new account has.
DEFAULTS = {
    "disk_encryption": False,
    "snapshot_sharing": "unblocked",
    "image_sharing": "unblocked",
    "metadata_tokens": "no-preference",
    "bucket_access_block": False,
    "password_policy": {},
}
# Our names of a password policy's members, and the API's.
PASSWORDS = {
    "minimum_length": "MinimumPasswordLength",
    "symbols": "RequireSymbols",
    "numbers": "RequireNumbers",
    "uppercase": "RequireUppercaseCharacters",
    "lowercase": "RequireLowercaseCharacters",
    "reuse_prevention": "PasswordReusePrevention",
    "max_age": "MaxPasswordAge",
}


class Settings(Resource):
    """What an account does where nobody says otherwise: always there, so never created or deleted."""

    service = "ec2"

    def _run(self) -> None:
        self._update(self.describe())

    def describe(self) -> dict[str, Any]:
        return {
            "name": self.params["account_id"],
            **{name: getattr(self, f"_{name}")() for name in self.desired()},
        }

    def desired(self) -> dict[str, Any]:
        given = {name: self.params[name] for name in DEFAULTS if self.params[name] is not None}
        if self.params["state"] == "absent":
            return {name: DEFAULTS[name] for name in given}
        return given

    def _disk_encryption(self) -> bool:
        return self.client.get_ebs_encryption_by_default(aws_retry=True)["EbsEncryptionByDefault"]

    def _snapshot_sharing(self) -> str:
        return self.client.get_snapshot_block_public_access_state(aws_retry=True)["State"]

    def _image_sharing(self) -> str:
        answer = self.client.get_image_block_public_access_state(aws_retry=True)
        return answer["ImageBlockPublicAccessState"]

    def _metadata_tokens(self) -> str:
        answer = self.client.get_instance_metadata_defaults(aws_retry=True)
        return answer.get("AccountLevel", {}).get("HttpTokens", "no-preference")

    def _bucket_access_block(self) -> bool:
        try:
            found = self._s3().get_public_access_block(AccountId=self.params["account_id"])
        except ClientError as error:
            if error_code(error) == "NoSuchPublicAccessBlockConfiguration":
                return False
            raise
        return all(found["PublicAccessBlockConfiguration"].get(name) for name in BLOCKS)

    def _password_policy(self) -> dict[str, Any]:
        try:
            found = self._iam().get_account_password_policy()["PasswordPolicy"]
        except ClientError as error:
            if error_code(error) in ("NoSuchEntity", "NoSuchEntityException"):
                return {}
            raise
        return {name: found.get(member, 0) for name, member in PASSWORDS.items()}

    def _s3(self) -> Any:
        return self.module.client("s3control")

    def _iam(self) -> Any:
        return self.module.client("iam")

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        raise NotImplementedError("settings are there")

    def delete(self, current: dict[str, Any]) -> None:
        raise NotImplementedError("settings stay")

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        for name, value in changes.items():
            getattr(self, f"_set_{name}")(value)

    def _set_disk_encryption(self, wanted: bool) -> None:
        if wanted:
            self.client.enable_ebs_encryption_by_default(aws_retry=True)
        else:
            self.client.disable_ebs_encryption_by_default(aws_retry=True)

    def _set_snapshot_sharing(self, wanted: str) -> None:
        if wanted == "unblocked":
            self.client.disable_snapshot_block_public_access(aws_retry=True)
        else:
            self.client.enable_snapshot_block_public_access(State=wanted, aws_retry=True)

    def _set_image_sharing(self, wanted: str) -> None:
        if wanted == "unblocked":
            self.client.disable_image_block_public_access(aws_retry=True)
        else:
            self.client.enable_image_block_public_access(
                ImageBlockPublicAccessState=wanted, aws_retry=True
            )

    def _set_metadata_tokens(self, wanted: str) -> None:
        self.client.modify_instance_metadata_defaults(HttpTokens=wanted, aws_retry=True)

    def _set_bucket_access_block(self, wanted: bool) -> None:
        account = {"AccountId": self.params["account_id"]}
        if wanted:
            self._s3().put_public_access_block(
                PublicAccessBlockConfiguration=dict.fromkeys(BLOCKS, True), **account
            )
        else:
            self._s3().delete_public_access_block(**account)

    def _set_password_policy(self, wanted: dict[str, Any]) -> None:
        if not wanted:
            self._iam().delete_account_password_policy()
            return
        members = {PASSWORDS[name]: value for name, value in wanted.items()}
        for name in ("PasswordReusePrevention", "MaxPasswordAge"):
            # AWS takes no 0: left out, there is none.
            members = {key: value for key, value in members.items() if key != name or value}
        self._iam().update_account_password_policy(AllowUsersToChangePassword=True, **members)

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {"settings": {name: (current or {}).get(name) for name in self.desired()}}


def main() -> None:
    """Run the module."""
    flag = {"type": "bool", "default": True}
    passwords = {
        "minimum_length": {"type": "int", "default": 14},
        **dict.fromkeys(("symbols", "numbers", "uppercase", "lowercase"), flag),
        "reuse_prevention": {"type": "int", "default": 24},
        "max_age": {"type": "int", "default": 0},
    }
    sharing = ["unblocked", "block-new-sharing"]
    module = AnsibleAWSModule(
        argument_spec={
            "state": COMMON_ARGUMENTS["state"],
            "account_id": {"type": "str", "required": True},
            "disk_encryption": {"type": "bool"},
            "snapshot_sharing": {"type": "str", "choices": [*sharing, "block-all-sharing"]},
            "image_sharing": {"type": "str", "choices": sharing},
            "metadata_tokens": {
                "type": "str",
                "choices": ["required", "optional", "no-preference"],
            },
            "bucket_access_block": {"type": "bool"},
            "password_policy": {"type": "dict", "no_log": False, "options": passwords},
        },
        supports_check_mode=True,
    )
    Settings(module).run()


if __name__ == "__main__":
    main()
