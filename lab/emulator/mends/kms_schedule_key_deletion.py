"""ScheduleKeyDeletion takes a key's ARN as well as its id.

API reference, ScheduleKeyDeletion, KeyId: "Specify the key ID or key ARN"; the answer has the
ARN, the state and the waiting period. moto 5.2 answers 500 to an ARN, which is what
`amazon.aws.kms_key` sends. The same holds for CancelKeyDeletion.
"""

import json
from typing import Any

from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from lab.emulator.mends import mend


@mend(KmsBackend, "schedule_key_deletion")
def _schedule(original: Any, self: KmsBackend, key_id: str, pending_window_in_days: int) -> float:
    return original(self, self.any_id_to_key_id(key_id), pending_window_in_days)


@mend(KmsBackend, "cancel_key_deletion")
def _cancel(original: Any, self: KmsBackend, key_id: str) -> None:
    return original(self, self.any_id_to_key_id(key_id))


@mend(KmsResponse, "schedule_key_deletion")
def _answer(original: Any, self: KmsResponse) -> str:
    answer = json.loads(original(self))
    key = self.kms_backend.keys[self.kms_backend.any_id_to_key_id(answer["KeyId"])]
    days = self._get_param("PendingWindowInDays") or 30
    return json.dumps(
        answer | {"KeyId": key.arn, "KeyState": key.key_state, "PendingWindowInDays": days}
    )
