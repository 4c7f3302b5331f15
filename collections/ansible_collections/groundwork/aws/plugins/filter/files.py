# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Which files of a host are not as they are to be."""

from __future__ import annotations

import hashlib
from typing import Any


def files_unlike(
    contents: dict[str, str | None], sums: str, owners: str, owner: str = "root:root:644"
) -> list[str]:
    """Paths whose file differs from its content, or is there although its content is none.

    `sums` is what `sha256sum` said of them, `owners` what `stat --format '%n %U:%G:%a'` did.
    """
    summed = {path: told for told, path in (line.split(maxsplit=1) for line in sums.splitlines())}
    owned = dict(line.rsplit(maxsplit=1) for line in owners.splitlines())

    def like(path: str, content: str | None) -> bool:
        if content is None:
            return path not in owned
        wanted = hashlib.sha256(content.encode()).hexdigest()
        return summed.get(path) == wanted and owned.get(path) == owner

    return [path for path, content in contents.items() if not like(path, content)]


class FilterModule:
    """Filters about files."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"files_unlike": files_unlike}
