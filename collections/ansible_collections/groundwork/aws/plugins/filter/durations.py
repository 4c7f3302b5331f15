# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Durations for people to read."""

from __future__ import annotations

from typing import Any

from ansible_collections.groundwork.aws.plugins.module_utils.durations import spoken


class FilterModule:
    """Filters about durations."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"spoken_duration": spoken}
