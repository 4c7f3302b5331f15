"""A role takes the managed policies of AWS.

moto 5.2 knows them, but only where all thousand of them are loaded, into every account and at every
start. So one is loaded when it is attached first.
"""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

from lab.emulator.mends import mend

OF_AWS = ":iam::aws:policy/"


@cache
def _known() -> dict[str, tuple[str, dict[str, Any]]]:
    """AWS's policies by what follows `policy/` in their ARN."""
    return {
        (one.get("Path", "/") + name).removeprefix("/"): (name, one)
        for name, one in json.loads(aws_managed_policies_data).items()
    }


@mend(IAMBackend, "attach_role_policy")
def _attach(original: Any, self: IAMBackend, policy_arn: str, role_name: str) -> None:
    known = {one.arn for one in self.managed_policies.values()}
    if OF_AWS in policy_arn and policy_arn not in known:
        found = _known().get(policy_arn.partition(OF_AWS)[2])
        if found:
            name, data = found
            policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
            self.managed_policies[policy.arn] = policy
            self.aws_managed_policies.append(policy)
    original(self, policy_arn, role_name)
