# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""In which batches hosts are worked on."""

from __future__ import annotations

from typing import Any

from ansible.utils.helpers import pct_to_int


def batches(hosts: list[str], size: str | int) -> list[list[str]]:
    """The first host alone, then `size` at a time: a count, or a percentage of all (at least one).

    As Ansible's `serial: [1, size]` makes them.
    """
    step = pct_to_int(size, len(hosts))
    step = len(hosts) if step <= 0 else step
    return (
        [hosts[:1], *(hosts[at : at + step] for at in range(1, len(hosts), step))] if hosts else []
    )


class FilterModule:
    """Filters about batches of hosts."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"batches": batches}
