"""The checks of docs/security.md about buckets, images, keys, secrets and policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from resource_tags import is_ours


class Kept:
    """What is kept, and who may read it, asked."""

    account: Any
    built: dict[str, Any]

    def buckets(self, holds: Callable[[Any, str], Any]) -> bool:
        """Whether something holds for each bucket."""
        s3 = self.account.client("s3")
        return all(holds(s3, one["Name"]) for one in self.built["buckets"])

    def s3_bucket_level_public_access_block(self):
        def blocked(s3, name):
            found = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
            return all(found.values())

        return self.buckets(blocked)

    def s3_bucket_secure_transport_policy(self):
        def denied(s3, name):
            policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
            wanted = {"Bool": {"aws:SecureTransport": "false"}}
            return [
                one
                for one in policy["Statement"]
                if one["Effect"] == "Deny"
                and one.get("Condition") == wanted
                and (one["Principal"], one["Action"], len(one["Resource"])) == ("*", "s3:*", 2)
            ]

        return self.buckets(denied)

    def s3_bucket_object_versioning(self):
        return self.buckets(lambda s3, n: s3.get_bucket_versioning(Bucket=n)["Status"] == "Enabled")

    def s3_bucket_lifecycle_enabled(self):
        return self.buckets(lambda s3, n: s3.get_bucket_lifecycle_configuration(Bucket=n)["Rules"])

    def s3_bucket_acl_prohibited(self):
        def owned(s3, name):
            found = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
            return found == [{"ObjectOwnership": "BucketOwnerEnforced"}]

        return self.buckets(owned)

    def s3_bucket_kms_encryption(self):
        def by_key(s3, name):
            answer = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
            default = answer["Rules"][0]["ApplyServerSideEncryptionByDefault"]
            return default["SSEAlgorithm"] == "aws:kms"

        return self.buckets(by_key)

    def s3_bucket_server_access_logging_enabled(self):
        return self.buckets(lambda s3, n: s3.get_bucket_logging(Bucket=n).get("LoggingEnabled"))

    def ecr_repositories_lifecycle_policy_enabled(self):
        ecr = self.account.client("ecr")
        return all(
            ecr.get_lifecycle_policy(repositoryName=one["repositoryName"])["lifecyclePolicyText"]
            for one in self.built["repositories"]
        )

    def ecr_repositories_tag_immutability(self):
        return {one["imageTagMutability"] for one in self.built["repositories"]} == {"IMMUTABLE"}

    def ecr_repositories_scan_images_on_push_enabled(self):
        settings = [one["imageScanningConfiguration"] for one in self.built["repositories"]]
        return all(one["scanOnPush"] for one in settings)

    def kms_cmk_rotation_enabled(self):
        kms = self.account.client("kms")
        ids = [one["KeyId"] for one in kms.list_keys()["Keys"]]
        keys = [kms.describe_key(KeyId=one)["KeyMetadata"] for one in ids]
        ours = [one["KeyId"] for one in keys if is_ours(one)]
        return ours and all(
            kms.get_key_rotation_status(KeyId=one)["KeyRotationEnabled"] for one in ours
        )

    def secretsmanager_automatic_rotation_enabled(self):
        return all(one.get("RotationEnabled") for one in self.built["secrets"])

    def secretsmanager_has_restrictive_resource_policy(self):
        client = self.account.client("secretsmanager")
        return all(
            client.get_resource_policy(SecretId=one["ARN"]).get("ResourcePolicy")
            for one in self.built["secrets"]
        )

    def iam_policy_no_administrative_privileges(self):
        iam = self.account.client("iam")
        for one in self.built["policies"]:
            version = {"PolicyArn": one["Arn"], "VersionId": one["DefaultVersionId"]}
            found = iam.get_policy_version(**version)["PolicyVersion"]["Document"]
            if [s for s in found["Statement"] if s["Action"] == "*" or "*" in s["Action"]]:
                return False
        return True
