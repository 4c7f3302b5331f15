# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Our own modules from Python's compiled form of them.

Ansible compiles what a collection's plugins import from its source in each run: a quarter of a second for a hundred modules.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

OURS = __name__.rpartition(".plugin_utils.")[0] + "."


class Compiled(MetaPathFinder):
    """Finds files below `prefix` as Python finds any; packages and all else are left to Ansible's own finder."""

    def __init__(self, prefix: str = OURS) -> None:
        self.prefix = prefix

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """The specification of a module of ours; None for any other."""
        if not name.startswith(self.prefix):
            return None
        for folder in path or ():
            base = os.path.join(folder, name.rpartition(".")[2])
            if os.path.isdir(base):
                return None
            if os.path.isfile(f"{base}.py"):
                return importlib.util.spec_from_file_location(name, f"{base}.py")
        return None


def use() -> None:
    """Have this process find our modules so, and the workers that it forks."""
    if not any(isinstance(finder, Compiled) for finder in sys.meta_path):
        sys.meta_path.insert(0, Compiled())
