# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Words that stand in a plan for a value which is secret, or which nobody knows yet."""

from __future__ import annotations

from typing import Any

SENSITIVE = "(sensitive)"
UNKNOWN = "(known after apply)"


def hides(value: Any) -> bool:
    """Whether a value stands for one that is secret or not known yet: two of them may differ."""
    return value in (SENSITIVE, UNKNOWN)
