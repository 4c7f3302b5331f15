"""Files that are written only where they differ."""

import os
from pathlib import Path


def write(path: Path, content: str, mode: int) -> bool:
    """Write a file, at no time with a wider mode or half its content. Say whether it differed."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8"
    ) as stream:
        os.fchmod(stream.fileno(), mode)
        stream.write(content)
    part.rename(path)
    return True
