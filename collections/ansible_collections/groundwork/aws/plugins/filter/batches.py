# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""In which batches hosts are worked on."""

from __future__ import annotations

from typing import Any


def batches(hosts: list[str], size: str | int, at_once: bool = False) -> list[list[str]]:
    """The first host alone, then `size` at a time: a count, or a percentage of all, rounded up. Or all of them `at_once`."""
    if at_once or not hosts:
        return [hosts] if hosts else []
    text = str(size)
    share = -(-int(text[:-1]) * len(hosts) // 100) if text.endswith("%") else int(text)
    step = max(share, 1)
    return [hosts[:1], *(hosts[at : at + step] for at in range(1, len(hosts), step))]


class FilterModule:
    """Filters about batches of hosts."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"batches": batches}
