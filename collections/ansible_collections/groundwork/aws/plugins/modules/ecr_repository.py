#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Manage an ECR repository as a whole, with a plan."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ecr_repository
short_description: Manage an ECR repository with its policies, scanning and tags
description:
  - Keeps a repository's scan setting, tag mutability, lifecycle policy, access policy and tags as asked.
  - Written because M(community.aws.ecs_ecr) cannot be planned on an account where the repository does not
    exist yet, and sets no tags.
version_added: 0.1.0
author: Groundwork contributors
options:
  name:
    description: Name of the repository.
    type: str
    required: true
  scan_on_push:
    description: Whether each pushed image is scanned.
    type: bool
    default: true
  image_tag_mutability:
    description: Whether a tag may be moved to another image.
    type: str
    choices: [MUTABLE, IMMUTABLE]
    default: IMMUTABLE
  kms_key_id:
    description: ARN of the KMS key that encrypts the images. AWS's own AES256 key where it is not given. Fixed at creation.
    type: str
  lifecycle_policy:
    description: The lifecycle policy. An empty dict removes it; left alone when not given.
    type: json
  policy:
    description: The repository policy. An empty dict removes it; left alone when not given.
    type: json
  force:
    description: With O(state=absent), delete the images too.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - groundwork.aws.planned.resource
"""

EXAMPLES = r"""
- name: Keep the api's repository
  groundwork.aws.ecr_repository:
    name: shop-qa-api
    lifecycle_policy:
      rules:
        - rulePriority: 1
          selection: {tagStatus: untagged, countType: sinceImagePushed, countUnit: days, countNumber: 7}
          action: {type: expire}
"""

RETURN = r"""
name:
  description: Name of the repository.
  returned: when the repository exists
  type: str
arn:
  description: ARN of the repository.
  returned: when the repository exists
  type: str
uri:
  description: What C(docker push) takes, without a tag.
  returned: when the repository exists
  type: str
"""

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


class Repository(Resource):
    """A repository and its policies."""

    service = "ecr"
    immutable = ("encryption",)

    def _policy(self, operation: str, key: str) -> Any:
        try:
            answer = getattr(self.client, operation)(
                repositoryName=self.params["name"], aws_retry=True
            )
        except ClientError as error:
            if error_code(error) in (
                "LifecyclePolicyNotFoundException",
                "RepositoryPolicyNotFoundException",
            ):
                return None
            raise
        return canonical_json(answer[key])

    def describe(self) -> dict[str, Any] | None:
        try:
            found = self.client.describe_repositories(
                repositoryNames=[self.params["name"]], aws_retry=True
            )
        except ClientError as error:
            if error_code(error) == "RepositoryNotFoundException":
                return None
            raise
        repository = found["repositories"][0]
        arn = repository["repositoryArn"]
        encryption = repository.get("encryptionConfiguration", {})
        tags = self.client.list_tags_for_resource(resourceArn=arn, aws_retry=True)["tags"]
        return {
            "name": repository["repositoryName"],
            "arn": arn,
            "uri": repository["repositoryUri"],
            "scan_on_push": repository["imageScanningConfiguration"]["scanOnPush"],
            "image_tag_mutability": repository["imageTagMutability"],
            "encryption": {
                "type": encryption.get("encryptionType", "AES256"),
                "key": encryption.get("kmsKey"),
            },
            "lifecycle_policy": self._policy("get_lifecycle_policy", "lifecyclePolicyText"),
            "policy": self._policy("get_repository_policy", "policyText"),
            "tags": boto3_tag_list_to_ansible_dict(tags),
        }

    def desired(self) -> dict[str, Any]:
        key = self.params["kms_key_id"]
        properties: dict[str, Any] = {
            "scan_on_push": self.params["scan_on_push"],
            "image_tag_mutability": self.params["image_tag_mutability"],
            "encryption": {"type": "KMS" if key else "AES256", "key": key},
        }
        for policy in ("lifecycle_policy", "policy"):
            if self.params[policy] is not None:
                properties[policy] = canonical_json(self.params[policy])
        return properties

    def create(self, properties: dict[str, Any], tags: dict[str, str]) -> None:
        encryption = {"encryptionType": properties["encryption"]["type"]}
        if properties["encryption"]["key"]:
            encryption["kmsKey"] = properties["encryption"]["key"]
        self.client.create_repository(
            repositoryName=self.params["name"],
            imageScanningConfiguration={"scanOnPush": properties["scan_on_push"]},
            imageTagMutability=properties["image_tag_mutability"],
            encryptionConfiguration=encryption,
            tags=ansible_dict_to_boto3_tag_list(tags),
            aws_retry=True,
        )
        self.update(
            {key: value for key, value in properties.items() if "policy" in key and value}, {}
        )

    def update(self, changes: dict[str, Any], current: dict[str, Any]) -> None:
        repository = {"repositoryName": self.params["name"], "aws_retry": True}
        if "scan_on_push" in changes:
            self.client.put_image_scanning_configuration(
                imageScanningConfiguration={"scanOnPush": changes["scan_on_push"]}, **repository
            )
        if "image_tag_mutability" in changes:
            self.client.put_image_tag_mutability(
                imageTagMutability=changes["image_tag_mutability"], **repository
            )
        if "lifecycle_policy" in changes:
            if changes["lifecycle_policy"]:
                text = self.module.jsonify(changes["lifecycle_policy"])
                self.client.put_lifecycle_policy(lifecyclePolicyText=text, **repository)
            else:
                self.client.delete_lifecycle_policy(**repository)
        if "policy" in changes:
            if changes["policy"]:
                text = self.module.jsonify(changes["policy"])
                self.client.set_repository_policy(policyText=text, **repository)
            else:
                self.client.delete_repository_policy(**repository)

    def set_tags(self, current: dict[str, Any], add: dict[str, str], remove: list[str]) -> None:
        if remove:
            self.client.untag_resource(resourceArn=current["arn"], tagKeys=remove, aws_retry=True)
        if add:
            self.client.tag_resource(
                resourceArn=current["arn"], tags=ansible_dict_to_boto3_tag_list(add), aws_retry=True
            )

    def delete(self, current: dict[str, Any]) -> None:
        try:
            self.client.delete_repository(
                repositoryName=self.params["name"], force=self.params["force"], aws_retry=True
            )
        except ClientError as error:
            if error_code(error) != "RepositoryNotEmptyException":
                raise
            self.module.fail_json(
                msg=f"The repository {self.params['name']} still holds images. Set force: true to delete them with it."
            )

    def result(self, current: dict[str, Any] | None) -> dict[str, Any]:
        return {key: current[key] for key in ("name", "arn", "uri")} if current else {}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **COMMON_ARGUMENTS,
            "name": {"type": "str", "required": True},
            "scan_on_push": {"type": "bool", "default": True},
            "image_tag_mutability": {
                "type": "str",
                "choices": ["MUTABLE", "IMMUTABLE"],
                "default": "IMMUTABLE",
            },
            "kms_key_id": {"type": "str", "no_log": False},
            "lifecycle_policy": {"type": "json"},
            "policy": {"type": "json"},
            "force": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    Repository(module).run()


if __name__ == "__main__":
    main()
