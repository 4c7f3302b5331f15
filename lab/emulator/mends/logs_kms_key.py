"""A log group that stands takes a key, and gives it back.

API reference, AssociateKmsKey, DisassociateKmsKey: moto 5.2 has neither; it knows a group's key
from CreateLogGroup alone.
"""

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from lab.emulator.mends import add


def _group(answer: LogsResponse) -> LogGroup:
    name = answer._get_param("logGroupName")
    if name not in answer.logs_backend.groups:
        raise ResourceNotFoundException("The specified log group does not exist.")
    return answer.logs_backend.groups[name]


@add(LogsResponse)
def associate_kms_key(self: LogsResponse) -> str:
    """AssociateKmsKey."""
    _group(self).kms_key_id = self._get_param("kmsKeyId")
    return ""


@add(LogsResponse)
def disassociate_kms_key(self: LogsResponse) -> str:
    """DisassociateKmsKey."""
    _group(self).kms_key_id = None
    return ""
