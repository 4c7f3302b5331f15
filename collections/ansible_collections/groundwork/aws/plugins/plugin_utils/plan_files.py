# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Plans on disk: written for their owner only, read with one clear message for each trouble."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.plan_text import NotAPlan, parse


def located(path: str) -> Path:
    """A path as typed, from the folder in which the command runs."""
    return Path(path).expanduser()


def as_read(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan as it would be read back: a tuple is a list, a date its text."""
    return json.loads(json.dumps(plan, default=str))


def write(path: str, plan: dict[str, Any]) -> None:
    """Write a plan with mode 0600, whole or not at all. Raises OSError."""
    target = located(path)
    handle, new = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(plan, out, indent=2, default=str, ensure_ascii=False)
            out.write("\n")
        os.replace(new, target)
    except BaseException:
        os.unlink(new)
        raise


def read(path: str) -> dict[str, Any]:
    """The plan in a file. Raises NotAPlan: missing, unreadable, no plan, another format."""
    try:
        text = located(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotAPlan(
            f"There is no plan {path}. Make one with --check -e plan_file={path}, or leave plan_file out."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise NotAPlan(f"The plan {path} cannot be read: {reason}.") from None
    return parse(text, path)


def trouble_writing(path: str) -> str | None:
    """Why a plan could not be written there, or None: asked before the work, not after it."""
    target = located(path)
    if target.is_dir():
        return f"{path} is a folder. Name a file in it, such as {path.rstrip('/')}/plan.json."
    if not target.parent.is_dir():
        return f"{path}: there is no folder {target.parent}. Make it, or name another file."
    if not os.access(target.parent, os.W_OK):
        return f"{path}: the folder {target.parent} cannot be written to. Name another file."
    return None
