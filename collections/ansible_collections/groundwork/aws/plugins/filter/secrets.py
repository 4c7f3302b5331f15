# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The first value of a secret."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.groundwork.aws.plugins.module_utils.random_text import random_text

GENERATE = "generate"


def fill_secret(fields: dict[str, str], given: dict[str, str], length: int = 40) -> dict[str, str]:
    """The fields with given values in place, and random ones of `length` where a field says `generate`."""
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise AnsibleFilterError(
            f"fill_secret: values are given for {', '.join(unknown)}, the secret has only {', '.join(sorted(fields))}"
        )

    def value(name: str) -> str:
        if name in given:
            return given[name]
        if fields[name] == GENERATE:
            return random_text(length)
        return fields[name]

    return {name: value(name) for name in fields}


class FilterModule:
    """Filters about secrets."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"fill_secret": fill_secret}
