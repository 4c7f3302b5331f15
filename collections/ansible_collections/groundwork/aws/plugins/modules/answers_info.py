#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Ask AWS many questions side by side, and tell a digest of each answer."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: answers_info
short_description: Ask AWS questions side by side and tell their answers' digests
description:
  - Makes calls that were written down before, ten at a time, to see whether AWS answers as it did (docs/traces.md).
  - A digest leaves out what changes by itself, such as when a database could be restored to, and the order of lists.
  - Written because no module makes calls of several services at once.
version_added: 0.3.0
author: Groundwork contributors
options:
  questions:
    description: What is asked. Only operations that read are taken.
    type: list
    elements: dict
    required: true
    suboptions:
      service:
        description: The service, by boto3's name.
        type: str
        required: true
      region:
        description: The region of the client.
        type: str
        required: true
      endpoint:
        description: The endpoint that the client is expected to have. Another one is not asked.
        type: str
        required: true
      operation:
        description: The operation, by the API's name, such as V(DescribeVpcs).
        type: str
        required: true
      params:
        description: Its parameters.
        type: raw
        required: true
      pages:
        description: How many pages of its answer are asked for.
        type: int
        default: 1
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
- name: Ask whether the VPCs are as they were
  groundwork.aws.answers_info:
    questions:
      - {service: ec2, region: eu-central-1, endpoint: "https://ec2.eu-central-1.amazonaws.com", operation: DescribeVpcs, params: {}}
  register: _answers
"""

RETURN = r"""
answers:
  description:
    - For each question a digest for each page, V(error CODE) where AWS refused, or nothing where there was no answer.
  returned: always
  type: list
  elements: list
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.groundwork.aws.plugins.module_utils import api_calls

try:
    from botocore import xform_name
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

ABREAST = 10
QUESTION = {
    "service": {"type": "str", "required": True},
    "region": {"type": "str", "required": True},
    "endpoint": {"type": "str", "required": True},
    "operation": {"type": "str", "required": True},
    "params": {"type": "raw", "required": True},
    "pages": {"type": "int", "default": 1},
}


def answers(client: Any, question: dict[str, Any]) -> list[str | None]:
    """The digests of a question's pages, the first ones; shorter where an answer is missing."""
    if client.meta.endpoint_url != question["endpoint"]:
        return []
    call, further, told = getattr(client, xform_name(question["operation"])), {}, []
    for _page in range(question["pages"]):
        try:
            answer = call(**question["params"], **further)
        except ClientError as error:
            return [*told, api_calls.refused(error)]
        except BotoCoreError:
            return told
        if "Body" in answer:
            answer["Body"].close()
        told.append(api_calls.digest(question["service"], answer))
        further = api_calls.token(answer)
        if further is None:
            break
    return told


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "questions": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": QUESTION,
            }
        },
        supports_check_mode=True,
    )
    questions = module.params["questions"]
    for one in questions:
        if not one["operation"].startswith(api_calls.READS):
            module.fail_json(msg=f"{one['operation']} does not only read, so it is not asked.")
    places = sorted({(one["service"], one["region"]) for one in questions})
    clients = {place: module.client(place[0], region=place[1]) for place in places}
    with ThreadPoolExecutor(ABREAST) as pool:
        told = pool.map(lambda one: answers(clients[one["service"], one["region"]], one), questions)
        module.exit_json(changed=False, answers=list(told))


if __name__ == "__main__":
    main()
