# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The containers' logs of several hosts as one, in the order of time."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.slots import SLOTS

# Compose clears the line before each of some, whether a terminal listens or not.
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")
# As `docker compose logs --timestamps --no-color` writes it: container, time, message.
LINE = re.compile(r"^(?P<container>\S+)\s+\| (?P<time>\d{4}-\S+Z) ?(?P<message>.*)$")
SERVICE = re.compile(r"(?P<service>[^-]+(?:-[^-]+)*?)-\d+$")


def _service(container: str, project: str) -> str:
    slot = next((name for name in SLOTS if container.startswith(f"{project}-{name}-")), "")
    found = SERVICE.match(container.removeprefix(f"{project}-{slot}-"))
    return found["service"] if found else container


def log_lines(outputs: dict[str, str], project: str, pattern: str = "") -> list[str]:
    """Lines «time host service message» of all hosts, the oldest first.

    `outputs`: by host, what Compose wrote. `project`: the application, whose name is left out, as the slot's is.
    `pattern`: only lines whose message matches this regular expression, whatever the case.
    """
    wanted = re.compile(pattern, re.I)
    found = []
    for host, output in outputs.items():
        for line in output.splitlines():
            told = LINE.match(CONTROL.sub("", line))
            if told and wanted.search(told["message"]):
                service = _service(told["container"], project)
                found.append((told["time"], host, service, told["message"]))
    hosts = max((len(one[1]) for one in found), default=0)
    services = max((len(one[2]) for one in found), default=0)
    return [
        f"{time[:23].replace('T', ' ')}  {host:<{hosts}}  {service:<{services}}  {message}"
        for time, host, service, message in sorted(found)
    ]


class FilterModule:
    """Filters about logs."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"log_lines": log_lines}
