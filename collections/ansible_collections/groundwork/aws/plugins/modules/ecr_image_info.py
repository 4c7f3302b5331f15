#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Look images up in an ECR repository by their tags."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ecr_image_info
short_description: Look images up in ECR by tag
description:
  - Tells the digest, size and time of the push of images in one repository.
  - A tag or a repository that does not exist is no error, so that a plan on an empty account goes through.
  - Written because no module of amazon.aws or community.aws reads the images of a repository.
version_added: 0.1.0
author: Groundwork contributors
options:
  repository:
    description: Name of the repository.
    type: str
    required: true
  tags:
    description: The tags to look up.
    type: list
    elements: str
    required: true
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
- name: Look a release up
  groundwork.aws.ecr_image_info:
    repository: shop-qa-api
    tags: [qa-1f2e3d4c, qa-1f2e3d4c-migrate]
  register: release
"""

RETURN = r"""
uri:
  description: What C(docker pull) takes, without a tag. V(null) where there is no such repository.
  returned: always
  type: str
images:
  description: The images found, by tag. A tag that names none is left out.
  returned: always
  type: dict
  sample:
    qa-1f2e3d4c:
      digest: sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b
      size: 87000000
      pushed_at: "2026-11-21T02:00:00+00:00"
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.ecr import image, repository_uri

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "repository": {"type": "str", "required": True},
            "tags": {"type": "list", "elements": "str", "required": True},
        },
        supports_check_mode=True,
    )
    client = module.client("ecr", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    repository = module.params["repository"]
    try:
        uri = repository_uri(client, repository)
        found = (
            {tag: image(client, repository, tag) for tag in module.params["tags"]} if uri else {}
        )
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"Images of the repository {repository}")
    module.exit_json(
        changed=False, uri=uri, images={tag: detail for tag, detail in found.items() if detail}
    )


if __name__ == "__main__":
    main()
