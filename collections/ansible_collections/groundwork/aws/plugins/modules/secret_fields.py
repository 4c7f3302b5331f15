#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Bring fields of secrets to their values, and leave all others as they are."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: secret_fields
short_description: Bring fields of secrets to their values
description:
  - Of secrets that stand, whose text is a JSON object, it sets the fields that O(given) names, adds those of O(fields) that are
    missing, and leaves all others as they are; what has no value yet gets a random one.
  - Written because M(community.aws.secretsmanager_secret) writes the whole text of a secret or nothing, so that one given field would
    give all others new random values in each run.
  - No value leaves this module. A secret that does not stand is passed over in check mode.
version_added: 0.5.0
author: Groundwork contributors
options:
  fields:
    description: The fields of each secret, by its name.
    type: dict
    required: true
  initial:
    description: Values of fields that are missing, by the secret's name and the field's, for what is no secret, such as a user's name.
    type: dict
    default: {}
  given:
    description: Values that fields must have, by the secret's name and the field's.
    type: dict
    default: {}
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
- name: Have the client that the provider named, and a key
  groundwork.aws.secret_fields:
    fields: {shop/qa/oauth: [client_id, client_secret], shop/qa/jwt: [key]}
    given: {shop/qa/oauth: {client_id: "{{ vault_client_id }}"}}
  no_log: true
"""

RETURN = r"""
names:
  description: Names of the secrets that were changed, or would be.
  returned: always
  type: list
  elements: str
"""

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.random_text import random_text
from ansible_collections.groundwork.aws.plugins.module_utils.resource import error_code

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

# It is not there, or waits for its deletion and is restored by who keeps it.
ABSENT = ("ResourceNotFoundException", "InvalidRequestException")


def changed_fields(
    now: dict[str, str],
    fields: list[str],
    initial: dict[str, str],
    given: dict[str, str],
    length: int,
) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that change, with their values; and how each comes by it, in words."""
    values, words = {}, {}
    for name in fields:
        if name in given:
            if now.get(name) != given[name]:
                values[name], words[name] = given[name], "(given)"
        elif name not in now:
            values[name] = initial[name] if name in initial else random_text(length)
            words[name] = "(new)"
    return values, words


class SecretFields:
    """The fields of several secrets."""

    def __init__(self, module: AnsibleAWSModule) -> None:
        self.module = module
        self.client = module.client(
            "secretsmanager", retry_decorator=AWSRetry.jittered_backoff(retries=8)
        )

    def run(self) -> None:
        """Bring all of them about, and end."""
        diffs = [diff for name in self.module.params["fields"] for diff in self._keep(name)]
        names = [diff["after_header"] for diff in diffs]
        self.module.exit_json(changed=bool(diffs), names=names, diff=diffs)

    def _keep(self, name: str) -> list[dict[str, Any]]:
        now = self._fields(name)
        if now is None:
            return []
        given = self.module.params
        values, words = changed_fields(
            now,
            given["fields"][name],
            given["initial"].get(name) or {},
            given["given"].get(name) or {},
            given["length"],
        )
        if not values:
            return []
        if not self.module.check_mode:
            self.client.put_secret_value(
                SecretId=name, SecretString=json.dumps({**now, **values}), aws_retry=True
            )
        before = {field: "(another)" if field in now else "(none)" for field in words}
        headers = {"type": "secret", "before_header": name, "after_header": name}
        return [{**headers, "before": before, "after": words}]

    def _fields(self, name: str) -> dict[str, str] | None:
        try:
            text = self.client.get_secret_value(SecretId=name, aws_retry=True)["SecretString"]
            fields = json.loads(text)
            if isinstance(fields, dict):
                return fields
        except ClientError as error:
            if self.module.check_mode and error_code(error) in ABSENT:
                return None
            raise
        except (KeyError, ValueError):
            pass  # binary, or another text
        return self.module.fail_json(
            msg=f"The secret {name} is no JSON object, so it has no fields. Put one into it (the console, or aws secretsmanager "
            "put-secret-value), or take it out of secret_store_secrets."
        )


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "fields": {"type": "dict", "required": True, "no_log": False},
            "initial": {"type": "dict", "default": {}, "no_log": False},
            "given": {"type": "dict", "default": {}, "no_log": True},
            "length": {"type": "int", "default": 40, "no_log": False},
        },
        supports_check_mode=True,
    )
    try:
        SecretFields(module).run()
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg="secret_fields")


if __name__ == "__main__":
    main()
