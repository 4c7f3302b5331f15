# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Running a module again after a fault that passes: throttling, an error of AWS's own, a lost connection.

Modules read before they write. So the whole module is run again, not the single call: a call
whose answer was lost may have been carried out, and repeating it would make a second VPC.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Any

RETRIES = 8
LONGEST = 20.0  # seconds
THROTTLED = re.compile(
    r"^(Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|BandwidthLimitExceeded"
    r"|ProvisionedThroughputExceeded|RequestThrottled|PriorRequestNotComplete)"
)
FAILED = re.compile(
    r"^(Internal(Failure|Error|ServerError|ServiceError)|ServiceUnavailable|Unavailable"
    r"|ServerException|ServiceFailure|RequestTimeout)"
)
CONNECTION = re.compile(
    r"Connection was closed before we received a valid response|Read timeout on endpoint"
    r"|Connect timeout on endpoint|Connection aborted|Connection broken|IncompleteRead"
    r"|ConnectionResetError|RemoteDisconnected|ResponseStreamingError|ConnectionClosedError"
)
# Modules that wrap an error of AWS's without its code leave it in their message.
IN_MESSAGE = re.compile(r"An error occurred \((\w[\w.]*)\) when calling")


def transient(result: dict[str, Any]) -> str | None:
    """What passing fault a module's result tells of, in words, or None."""
    if not result.get("failed"):
        return None
    error = result.get("error")
    # An exception comes as an object of Ansible's, whose text alone leaves the causes out.
    text = " ".join(repr(result.get(key) or "") for key in ("msg", "exception", "module_stderr"))
    named = IN_MESSAGE.search(text)
    code = (error.get("code") if isinstance(error, dict) else None) or (named and named[1]) or ""
    status = (result.get("response_metadata") or {}).get("http_status_code") or 0
    if THROTTLED.match(code) or status == 429:
        return "throttled by AWS"
    if FAILED.match(code) or status >= 500:
        return "AWS failed"
    if CONNECTION.search(text):
        return "the connection to AWS was lost"
    return None


def pause(attempt: int) -> float:
    """Seconds before the `attempt`-th retry (from 1): doubling, with jitter, at most LONGEST."""
    return random.uniform(0.5, 1.0) * min(LONGEST, 0.5 * 2**attempt)


def retrying(
    run: Callable[[], dict[str, Any]],
    fault_in: Callable[[dict[str, Any]], str | None],
    say: Callable[[str], None],
    retries: int = RETRIES,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The result of `run`, which is run again while `fault_in` finds a passing fault in it."""
    result = run()
    for attempt in range(1, retries + 1):
        fault = fault_in(result)
        if fault is None:
            break
        seconds = pause(attempt)
        say(f"{fault}: asking again in {seconds:.1f} s ({attempt} of {retries})")
        sleep(seconds)
        result = run()
    return result
