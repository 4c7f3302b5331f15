# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Names of resources, joined and cut to AWS's limits in one place."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from ansible.errors import AnsibleFilterError

# Longest name that AWS accepts, by kind. From general knowledge of the services,
# not looked up again for each: check the API reference when a name is refused.
LIMITS = {
    "backup_vault": 50,
    "database": 63,
    "instance_profile": 128,
    "load_balancer": 32,
    "parameter_group": 255,
    "policy": 128,
    "replication_group": 40,
    "role": 64,
    "s3_bucket": 63,
    "security_group": 255,
    "subnet_group": 255,
    "table": 255,
    "target_group": 32,
    "topic": 256,
}
HASH_LENGTH = 6
UNFIT = re.compile(r"[^a-z0-9-]")
HYPHENS = re.compile(r"-{2,}")


def resource_name(parts: list[str] | str, kind: str) -> str:
    """Join `parts` with hyphens into a name that AWS accepts for `kind`.

    A name that is too long is cut, and ends in six characters of the hash of the whole, so that two
    long names never become one.
    """
    if kind not in LIMITS:
        raise AnsibleFilterError(
            f"resource_name: unknown kind {kind!r}; one of {', '.join(sorted(LIMITS))}"
        )
    joined = "-".join(parts) if isinstance(parts, list) else parts
    name = HYPHENS.sub("-", UNFIT.sub("-", joined.lower())).strip("-")
    limit = LIMITS[kind]
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-')}-{digest}"


class FilterModule:
    """Filters about names."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"resource_name": resource_name}
