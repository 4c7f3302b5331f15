#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Send one value of a metric to CloudWatch."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: metric_data
short_description: Send one value of a metric to CloudWatch
description:
  - Tells CloudWatch that something happened now, as a deploy, so that a dashboard can show it. No other module does.
version_added: 0.3.0
author: Groundwork contributors
options:
  namespace:
    description: The metric's namespace.
    type: str
    required: true
  name:
    description: The metric's name.
    type: str
    required: true
  value:
    description: The value.
    type: float
    default: 1
attributes:
  check_mode:
    description: Nothing is sent.
    support: full
  diff_mode:
    description: There is nothing to compare.
    support: none
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Mark a deploy
  groundwork.aws.metric_data:
    namespace: shop/qa
    name: Deploys
"""

RETURN = r"""
sent:
  description: Whether CloudWatch took it.
  returned: success
  type: bool
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AnsibleAWSModule reports the missing library


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "namespace": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "value": {"type": "float", "default": 1},
        },
        supports_check_mode=True,
    )
    told = {"MetricName": module.params["name"], "Value": module.params["value"], "Unit": "Count"}
    client = module.client("cloudwatch", retry_decorator=AWSRetry.jittered_backoff(retries=3))
    try:
        if not module.check_mode:
            client.put_metric_data(
                Namespace=module.params["namespace"], MetricData=[told], aws_retry=True
            )
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"metric_data: {told['MetricName']}")
    module.exit_json(changed=False, sent=not module.check_mode)


if __name__ == "__main__":
    main()
