# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Writes down which API calls a process makes: what was asked, and a digest of what was answered.

The digest tells whether a later answer is the same, not what it says. Nothing of an answer is
written, and of a secret's value not even a digest: its version stands for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from typing import Any

# Changes by itself, and says nothing of how a resource is set up. By service (boto3's name).
VOLATILE = {
    "backup": {"LastExecutionDate", "NumberOfRecoveryPoints"},
    "budgets": {"CalculatedSpend", "HealthStatus", "LastUpdatedTime", "NotificationState"},
    "cloudtrail": {
        *("LatestDeliveryTime", "LatestDeliveryAttemptTime", "LatestDeliveryAttemptSucceeded"),
        *("LatestDigestDeliveryTime", "LatestNotificationTime", "LatestNotificationAttemptTime"),
        "LatestNotificationAttemptSucceeded",
    },
    "cloudwatch": {
        *("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp"),
        *("StateTransitionedTimestamp", "EvaluationState"),
        *("ActionsSuppressedBy", "ActionsSuppressedReason"),
    },
    "dynamodb": {"ItemCount", "TableSizeBytes"},
    "ec2": {"AvailableIpAddressCount"},
    "ecr": {"lastEvaluatedAt", "lastRecordedPullTime"},
    "iam": {"RoleLastUsed"},
    "logs": {"storedBytes"},
    "rds": {"LatestRestorableTime"},
    "secretsmanager": {"LastAccessedDate"},
}
# What only reads is named so, and its parameters may be written down.
READS = ("Describe", "Get", "Head", "List", "Query", "Scan")
SECRET = {"SecretString", "SecretBinary"}
# What a page's answer holds, and the name under which the next page's question gives it back.
TOKENS = {
    "NextToken": "NextToken",
    "nextToken": "nextToken",
    "NextMarker": "Marker",
    "Marker": "Marker",
    "NextContinuationToken": "ContinuationToken",
    "PaginationToken": "PaginationToken",
}


def canonical(value: Any, without: set[str]) -> Any:
    """`value` as JSON takes it, in one order: AWS gives lists in any, and modules must bear that."""
    if isinstance(value, dict):
        return {
            str(key): canonical(item, without)
            for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))
            if key not in without
        }
    if isinstance(value, list | tuple | set):
        items = [canonical(item, without) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    # A stream is read once, by the module: its ETag stands beside it.
    return type(value).__name__


def digest(service: str, answer: dict[str, Any]) -> str:
    """What an answer is told by: the same for the same, but for what changes by itself."""
    without = {"ResponseMetadata", *TOKENS, *SECRET, *VOLATILE.get(service, ())}
    more = token(answer) is not None
    text = json.dumps([canonical(answer, without), more], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def token(answer: dict[str, Any]) -> dict[str, str] | None:
    """The parameter that asks for the page after `answer`; None where there is none."""
    for told, asked in TOKENS.items():
        if answer.get(told):
            return {asked: answer[told]}
    return None


def refused(error: Any) -> str:
    """What a refusal (botocore's ClientError) is told by: its code, such as NoSuchEntity."""
    return f"error {error.response.get('Error', {}).get('Code', '')}"


class Pages:
    """Knows which question asks for the next page of an answer: its token is another one each time."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def question(self, params: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """The question without a page's token, and which page it asks for, from 0."""
        for name in TOKENS.values():
            page = self._next.get(str(params.get(name)))
            if page is not None:
                return {key: value for key, value in params.items() if key != name}, page
        return params, 0

    def answered(self, answer: dict[str, Any], page: int) -> None:
        """Page `page` came."""
        for value in (token(answer) or {}).values():
            self._next[str(value)] = page + 1


def listen(write: Callable[[dict[str, Any]], None]) -> None:
    """Hand `write` each call of this process from now on.

    As {service, region, endpoint, operation, params, page, answer}: `params` is None where the call
    does not only read, or they cannot be written down, `answer` where there was none.
    """
    import botocore.client
    from botocore.exceptions import ClientError

    call = botocore.client.BaseClient._make_api_call
    pages = Pages()

    def _make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        service = self._service_model.service_name
        params, page = pages.question(api_params)
        told = {
            "service": service,
            "region": self.meta.region_name,
            "endpoint": self.meta.endpoint_url,
            "operation": operation_name,
            "params": plain(params) if operation_name.startswith(READS) else None,
            "page": page,
            "answer": None,
        }
        try:
            answer = call(self, operation_name, api_params)
            told["answer"] = digest(service, answer)
            pages.answered(answer, page)
        except ClientError as error:
            told["answer"] = refused(error)
            raise
        finally:
            write(told)
        return answer

    botocore.client.BaseClient._make_api_call = _make_api_call


def plain(params: dict[str, Any]) -> dict[str, Any] | None:
    """A question's parameters, if JSON can hold them."""
    try:
        return json.loads(json.dumps(params))
    except (TypeError, ValueError):
        return None


def listen_to(path: str) -> None:
    """Append each call of this process to the file `path`, a line of JSON each, after one that says so."""
    out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def write(told: dict[str, Any]) -> None:
        os.write(out, json.dumps(told).encode() + b"\n")

    listen(write)
