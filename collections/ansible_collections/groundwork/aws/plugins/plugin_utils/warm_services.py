# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The models of AWS services that the warm process parses while there is nothing else to do."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_botocore


class Services:
    """What is still to be parsed: each service's models, as found for each AWS_DATA_PATH in use.

    A module's environment is known to its fork alone, so that one tells the warm process which
    AWS_DATA_PATH it met. `names`: the services; `first`: the AWS_DATA_PATH of the first module.
    """

    def __init__(self, names: list[str], first: str | None) -> None:
        self.names = names
        self.known = {first or ""}
        self.todo = [(name, first or "") for name in names]
        self.reader, self.writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def give_up(self) -> None:
        """Parse none: there is no botocore."""
        self.names, self.todo = [], []

    def want(self, data_path: str | None) -> None:
        """In a fork: tell of an AWS_DATA_PATH, where it is a new one, and let go of the pipe."""
        if (data_path or "") not in self.known:
            # Told in one piece, or not at all: then this module's successors parse for themselves.
            with suppress(OSError):
                os.write(self.writer, json.dumps(data_path).encode() + b"\n")
        os.close(self.reader)
        os.close(self.writer)

    def learn(self) -> None:
        """In the warm process: what forks told. It is in use now, so it comes first."""
        for line in os.read(self.reader, 65536).splitlines():
            path = json.loads(line)
            if path not in self.known:
                self.known.add(path)
                self.todo[:0] = [(name, path) for name in self.names]

    def load_one(self) -> None:
        """Parse the next one. A broken configuration is for the module that needs it to report."""
        name, data_path = self.todo.pop(0)
        with suppress(Exception):
            warm_botocore.load_service(name, data_path or None)
