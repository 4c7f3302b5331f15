# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Names the file of variables that cannot be read, before Ansible stops at it without its name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: readable
version_added: 0.2.0
author: [Groundwork contributors]
short_description: Names the file of variables that cannot be read
description:
  - Reads the files below group_vars and host_vars before P(ansible.builtin.host_group_vars#vars) does, and fails with the
    file and line of a mistake. Ansible's own message has neither, and no playbook can add them - without variables none begins.
  - Gives no variables.
"""

from pathlib import Path

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.vars import BaseVarsPlugin
from ansible_collections.groundwork.aws.plugins.plugin_utils import compiled

# Here, for no plugin of ours is loaded earlier.
compiled.use()

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (  # noqa: E402 - found by what is used above
    EXTENSIONS,
    broken_line,
    first_line,
    shown,
)

READ: set[str] = set()


class VarsModule(BaseVarsPlugin):
    """Reads each folder once; see the documentation."""

    # Its loader then keeps the instance, and does not parse the documentation anew for each host and task.
    is_stateless = True

    def get_vars(self, loader: DataLoader, path: str, entities: object) -> dict:
        """Give nothing, or fail with the place of a mistake."""
        if path in READ:
            return {}
        found = []
        for kind in ("group_vars", "host_vars"):
            for page in sorted((Path(path) / kind).rglob("*")):
                if page.suffix in EXTENSIONS[1:] and page.is_file():
                    found += self._read(loader, page)
        if found:
            # Each time: callbacks ask too, and what stops them is a warning only.
            raise AnsibleParserError("\n".join(["Nothing was changed.", *found]))
        READ.add(path)
        return {}

    def _read(self, loader: DataLoader, page: Path) -> list[str]:
        try:
            # Cached, so that Ansible does not read it again.
            data = loader.load_from_file(
                str(page), cache="all", unsafe=True, trusted_as_template=True
            )
        except AnsibleError as error:
            line = broken_line(error)
            return [f"{shown(page)}{f':{line}' if line else ''}: {first_line(error)}"]
        if data is not None and not isinstance(data, dict):
            return [f"{shown(page)}: holds no mapping (name: value)"]
        return []
