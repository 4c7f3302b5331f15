#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""List the resources that carry given tags, whatever service they belong to."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: tagged_resources_info
short_description: List all resources that carry given tags
description:
  - Asks AWS's tagging API (in the region and, for global services, in us-east-1) and IAM, whose roles that API leaves out.
  - What the tagging API goes on naming after it is gone (instances, NAT gateways, keys, secrets) is looked up with its own
    service and left out; what waits for its deletion is listed with that state.
  - The automated snapshots of a database, which go with it, and recovery points of AWS Backup, which belong to a vault, are left out.
  - Written because no module of amazon.aws or community.aws asks the tagging API.
version_added: 0.1.0
author: Groundwork contributors
options:
  tags:
    description: The tags that a resource must carry, all of them.
    type: dict
    required: true
  types:
    description: Only these types, service and kind as an ARN names them, such as V(kms:key). All where it is empty.
    type: list
    elements: str
    default: []
  regions:
    description: Further regions to look in. Of what waits for its deletion there nothing is known.
    type: list
    elements: str
    default: []
  restored:
    description: >-
      Also list instances of RDS that carry none of O(tags), but are named as a restore names them (C(NAME-20261121100000), C(NAME-drill)): a
      restore to a time that was killed leaves one without tags.
    type: bool
    default: false
    version_added: 0.4.0
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
- name: Look for everything of an environment
  groundwork.aws.tagged_resources_info:
    tags: {Project: shop, Environment: qa}
  register: _everything
"""

RETURN = r"""
resources:
  description: The resources, sorted by ARN.
  returned: always
  type: list
  elements: dict
  contains:
    arn:
      description: The resource's ARN.
      type: str
    type:
      description: Service and kind, as its ARN names them.
      type: str
      sample: ec2:vpc
    id:
      description: What its service calls it.
      type: str
      sample: vpc-0123456789abcdef0
    name:
      description: Its tag C(Name), else its id.
      type: str
    component:
      description: Its tag C(Component), or an empty string.
      type: str
    state:
      description: V(present), or V(pending deletion until DATE).
      type: str
    tags:
      description: All its tags.
      type: dict
    restored_from:
      description: The instance that it was restored from, by its name, where it carries none of the tags; else empty.
      type: str
"""

from functools import cache
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils.arns import split_arn
from ansible_collections.groundwork.aws.plugins.module_utils.tagged import restored, tagged

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass


def resource(arn: str, tags: dict[str, str], state: str, restored_from: str = "") -> dict[str, Any]:
    """One resource as the module returns it."""
    kind, _, name = split_arn(arn)
    return {
        "arn": arn,
        "type": kind,
        "id": name,
        "name": tags.get("Name") or name,
        "component": tags.get("Component", ""),
        "state": state,
        "tags": tags,
        "restored_from": restored_from,
    }


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "tags": {"type": "dict", "required": True},
            "types": {"type": "list", "elements": "str", "default": []},
            "regions": {"type": "list", "elements": "str", "default": []},
            "restored": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    wanted = {key: str(value) for key, value in module.params["tags"].items()}
    try:
        regions = [one for one in module.params["regions"] if one and one != module.region]
        types = module.params["types"]
        clients = cache(module.client)
        found = tagged(clients, module.region, wanted, types, regions)
        besides = list(restored(clients, wanted)) if module.params["restored"] else []
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"Looking for what is tagged {wanted}")
    module.exit_json(
        changed=False,
        resources=[resource(arn, tags, state) for arn, (tags, state) in sorted(found.items())]
        + [resource(arn, tags, "present", of) for arn, tags, of in sorted(besides, key=str)],
    )


if __name__ == "__main__":
    main()
