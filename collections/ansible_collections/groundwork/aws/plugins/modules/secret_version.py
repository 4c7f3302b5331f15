#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Rotate a secret in two steps: a pending version beside the current one, then its promotion."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: secret_version
short_description: Rotate a secret in two steps
description:
  - With O(state=pending) it puts a version with new random values beside the current one, labelled C(AWSPENDING), as Secrets
    Manager's own rotation does. With O(state=current) it makes that version the current one.
  - In between, whoever checks the secret is taught the new value. A run that was cut off goes on with the version that is
    pending.
  - Written because M(community.aws.secretsmanager_secret) knows no labels, so that the new value would be current at once.
    No value leaves this module.
version_added: 0.4.0
author: Groundwork contributors
options:
  name:
    description: Name of the secret, whose text is a JSON object.
    type: str
    required: true
  state:
    description: Which step is taken.
    type: str
    choices: [pending, current]
    required: true
  generate:
    description: Fields that get a random value of letters and digits.
    type: list
    elements: str
    default: []
  alternate:
    description: Field with a user's name, which alternates between V(NAME) and V(NAME_clone).
    type: str
  length:
    description: Characters of a random value.
    type: int
    default: 40
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Have a new password for the database's other user
  groundwork.aws.secret_version:
    name: shop/qa/database
    state: pending
    alternate: username
    generate: [password]

- name: Make it the current one
  groundwork.aws.secret_version:
    name: shop/qa/database
    state: current
"""

RETURN = r"""
version_id:
  description: The version that is pending, or that has become current; empty in check mode where it is not there yet.
  returned: always
  type: str
"""

import json

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.random_text import random_text

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
CLONE = "_clone"


def alternated(user: str) -> str:
    """The other one of two users that take turns."""
    return user.removesuffix(CLONE) if user.endswith(CLONE) else user + CLONE


def renewed(
    fields: dict[str, str], alternate: str | None, generate: list[str], length: int
) -> dict[str, str]:
    """The fields of the next version. Raises KeyError for a field that the secret has not."""
    changed = dict(fields)
    for name in generate:
        if name not in fields:
            raise KeyError(name)
        changed[name] = random_text(length)
    if alternate:
        changed[alternate] = alternated(fields[alternate])
    return changed


def labelled(client, name: str) -> dict[str, str]:
    """The version of each label."""
    stages = client.describe_secret(SecretId=name, aws_retry=True).get("VersionIdsToStages", {})
    return {label: version for version, labels in stages.items() for label in labels}


def propose(module: AnsibleAWSModule, client, name: str, known: dict[str, str]) -> tuple[bool, str]:
    """Have a pending version: whether one was made, and which it is."""
    if known.get(PENDING, known.get(CURRENT)) != known.get(CURRENT):
        return False, known[PENDING]
    if module.check_mode:
        return True, ""
    now = client.get_secret_value(SecretId=name, VersionStage=CURRENT, aws_retry=True)
    try:
        fields = json.loads(now["SecretString"])
        text = json.dumps(
            renewed(
                fields,
                module.params["alternate"],
                module.params["generate"],
                module.params["length"],
            )
        )
    except (ValueError, AttributeError, TypeError):
        module.fail_json(msg=f"The secret {name} is no JSON object, so it has no field to rotate.")
    except KeyError as error:
        module.fail_json(msg=f"The secret {name} has no field {error}. It has {sorted(fields)}.")
    made = client.put_secret_value(
        SecretId=name, SecretString=text, VersionStages=[PENDING], aws_retry=True
    )
    return True, made["VersionId"]


def promote(module: AnsibleAWSModule, client, name: str, known: dict[str, str]) -> tuple[bool, str]:
    """Make the pending version current: whether there was one, and which is current."""
    pending, current = known.get(PENDING), known.get(CURRENT, "")
    if pending in (None, current):
        return False, current
    if not module.check_mode:
        client.update_secret_version_stage(
            SecretId=name, VersionStage=CURRENT, MoveToVersionId=pending,
            RemoveFromVersionId=current, aws_retry=True,
        )  # fmt: skip
        client.update_secret_version_stage(
            SecretId=name, VersionStage=PENDING, RemoveFromVersionId=pending, aws_retry=True
        )
    return True, pending


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["pending", "current"], "required": True},
            "generate": {"type": "list", "elements": "str", "default": []},
            "alternate": {"type": "str"},
            "length": {"type": "int", "default": 40, "no_log": False},
        },
        supports_check_mode=True,
    )
    client = module.client("secretsmanager", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    name, state = module.params["name"], module.params["state"]
    try:
        known = labelled(client, name)
        step = propose if state == "pending" else promote
        changed, version = step(module, client, name, known)
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"The secret {name}")
    module.exit_json(
        changed=changed,
        version_id=version,
        diff={"before": known, "after": {**known, **({state: version} if changed else {})}},
    )


if __name__ == "__main__":
    main()
