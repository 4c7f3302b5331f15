"""What changes a key's state takes the key's ARN as well as its id.

API reference, ScheduleKeyDeletion, CancelKeyDeletion, EnableKey and DisableKey, KeyId: "Specify
the key ID or key ARN"; ScheduleKeyDeletion answers with the ARN, the state and the waiting period.
moto 5.2 answers 500 to an ARN, which is what `amazon.aws.kms_key` sends.
"""

import json
from typing import Any

from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from lab.emulator.mends import mend


def _by_id(original: Any, self: KmsBackend, key_id: str, *arguments: Any) -> Any:
    return original(self, self.any_id_to_key_id(key_id), *arguments)


for _operation in ("schedule_key_deletion", "cancel_key_deletion", "enable_key", "disable_key"):
    mend(KmsBackend, _operation)(_by_id)


@mend(KmsResponse, "schedule_key_deletion")
def _answer(original: Any, self: KmsResponse) -> str:
    answer = json.loads(original(self))
    key = self.kms_backend.keys[self.kms_backend.any_id_to_key_id(answer["KeyId"])]
    days = self._get_param("PendingWindowInDays") or 30
    return json.dumps(
        answer | {"KeyId": key.arn, "KeyState": key.key_state, "PendingWindowInDays": days}
    )
