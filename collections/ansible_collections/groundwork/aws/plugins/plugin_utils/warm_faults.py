# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Tells what botocore met: calls that it makes again, and the fault that a module ended on.

A module has nobody to show a repeated call to, and its error message often leaves the cause out.
botocore's and urllib3's logs know. They are read in the child, and what follows from them goes to
the worker on the module's stderr, in marked lines.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass, field

MARK = "groundwork.aws.warm "
RETRY, FAULT = "retry: ", "ended on: "
THROTTLED, FAILED, LOST = (
    "throttled by AWS",
    "AWS failed",
    "the connection to AWS was lost",
)
PAUSE = re.compile(r"Retry needed, action of: ([0-9.]+)")
# What botocore says before it, and what that means; the first that matches.
REASONS = (
    (re.compile(r"retry needed: matching HTTP status and error code|.*received: 429"), THROTTLED),
    (re.compile(r"retry needed: retryable HTTP status"), FAILED),
    (re.compile(r"retry needed, retryable exception"), LOST),
)


def say(what: str) -> None:
    """Write a marked line."""
    os.write(2, f"{MARK}{what}\n".encode())


class Listener(logging.Handler):
    """Reads the logs: a line for each repeated call; `fault` is what the last call met, if anything."""

    def __init__(self) -> None:
        super().__init__()
        self.reason = FAILED
        self.fault: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record. Never at a request's or an answer's content."""
        hear = {
            "botocore.retryhandler": self._retry,
            "botocore.endpoint": self._request,
            "urllib3.connectionpool": self._answer,
        }
        hear[record.name](record)

    def _retry(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        for words, reason in REASONS:
            if words.match(said):
                self.reason = reason
        pause = PAUSE.match(said)
        if pause:
            say(f"{RETRY}{self.reason}: asking again in {float(pause[1]):.1f} s")
        elif said.startswith("Reached the maximum"):
            self.fault = self.reason

    def _request(self, record: logging.LogRecord) -> None:
        # Until its answer is there. A connection that was refused says so in every module's message.
        if str(record.msg).startswith("Sending http request"):
            self.fault = LOST

    def _answer(self, record: logging.LogRecord) -> None:
        # Scheme, host, port, method, path, version, status, length.
        if isinstance(record.args, tuple) and len(record.args) == 8:
            status = record.args[6]
            self.fault = FAILED if isinstance(status, int) and status >= 500 else None


def listen() -> Listener:
    """From now on, in this process."""
    listener = Listener()
    for name in ("botocore.retryhandler", "botocore.endpoint", "urllib3.connectionpool"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(listener)
    return listener


@dataclass
class Told:
    """What the marked lines say: repeated calls, and the fault that the module ended on."""

    retries: list[str] = field(default_factory=list)
    fault: str | None = None


def told(stderr: bytes) -> tuple[Told, bytes]:
    """What is marked in a module's stderr, and the rest of it."""
    mark, found, rest = MARK.encode(), Told(), []
    for line in stderr.splitlines(keepends=True):
        if not line.startswith(mark):
            rest.append(line)
            continue
        words = line[len(mark) :].decode().rstrip()
        if words.startswith(RETRY):
            found.retries.append(words.removeprefix(RETRY))
        else:
            found.fault = words.removeprefix(FAULT)
    return found, b"".join(rest)
