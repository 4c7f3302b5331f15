"""Inventories like qa's, with something in them that qa has not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

QA = Path(__file__).parents[2] / "inventories" / "qa"


def like_qa(parent: Path, components: dict[str, str], sizes: str = "") -> str:
    """A copy, as plays name it: texts of components.yml replaced, `sizes` in sizes.yml."""
    folder = parent / "qa"
    shutil.copytree(QA, folder)
    page = folder / "components.yml"
    text = page.read_text()
    for old, new in components.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    page.write_text(text)
    with (folder / "group_vars" / "all" / "sizes.yml").open("a") as more:
        more.write(sizes)
    return os.path.relpath(folder, QA.parent)
