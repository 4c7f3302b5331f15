"""A statement of a bucket policy concerns a request only where its condition holds.

IAM User Guide, Policy evaluation logic: a statement applies when "the request context" matches its
conditions. moto 5.2 takes a condition that does not hold as a denial, whatever the statement's
effect, so that a bucket that refuses plain HTTP, as AWS's baseline asks, answers nobody. This
emulator stands for AWS's TLS endpoint: its requests count as made by TLS.
"""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy
from moto.s3.models import FakeBucket

from lab.emulator.mends import mend

# What a request is known by. A key that is not here is one that the request has not.
CONTEXT = {"aws:SecureTransport": "true"}


@mend(FakeBucket, "get_permission")
def _permission(original: Any, self: FakeBucket, action: str, resource: str) -> Any:
    if self.policy is None:
        return original(self, action, resource)
    document = json.loads(self.policy)
    every = document["Statement"]
    concerned = [
        {key: value for key, value in one.items() if key != "Condition"}
        for one in (every if isinstance(every, list) else [every])
        if all(_holds(*block) for block in one.get("Condition", {}).items())
    ]
    policy = IAMPolicy(json.dumps({**document, "Statement": concerned}))
    return policy.is_action_permitted(action, resource)


def _holds(operator: str, wanted: dict[str, Any]) -> bool:
    accepted = {key: value if isinstance(value, list) else [value] for key, value in wanted.items()}
    same = all(CONTEXT.get(key) in values for key, values in accepted.items())
    return not same if operator.startswith("StringNot") else same
