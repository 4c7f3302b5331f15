#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Tell which revision a folder of source code is at."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: source_revision
short_description: Tell which revision a source folder is at
description:
  - Names the state of a folder by its own last commit, and by its content where that differs from the commit, so
    that the same files always have the same name and other files another.
  - Written because M(ansible.builtin.git) tells the head of a whole repository, and nothing of changes not committed.
version_added: 0.1.0
author: Groundwork contributors
options:
  path:
    description: The folder.
    type: path
    required: true
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
"""

EXAMPLES = r"""
- name: Name the application's state
  groundwork.aws.source_revision:
    path: examples/app
  register: source
"""

RETURN = r"""
name:
  description: The commit, with V(-dirty-HASH) where files differ from it; V(content-HASH) outside a repository.
  returned: always
  type: str
  sample: 1f2e3d4c-dirty-9b74c989
commit:
  description: The whole hash of the last commit that touched the folder. Empty where there is none.
  returned: always
  type: str
dirty:
  description: Whether files differ from that commit.
  returned: always
  type: bool
origin:
  description: Address of the repository's origin, without user and password. Empty where there is none.
  returned: always
  type: str
"""

import hashlib
import re
import subprocess
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

_SHORT = 8


class GitError(Exception):
    """Git knows the repository and refuses to work on it."""


def git(folder: Path, *words: str) -> str | None:
    """The output of a git command in `folder`; None where there is no git or no repository."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    if done.returncode == 0:
        return done.stdout
    if "dubious ownership" in done.stderr:
        raise GitError(done.stderr.strip())
    return None


def files(folder: Path) -> list[Path]:
    """The folder's files as a commit would take them, sorted; all of them outside a repository."""
    listed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".")
    if listed is None:
        return sorted(path for path in folder.rglob("*") if path.is_file())
    paths = (folder / name for name in sorted(set(listed.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


def content_hash(folder: Path) -> str:
    """A hash of the names, executable bits and contents of the folder's files."""
    whole = hashlib.sha256()
    for path in files(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        executable = bool(path.stat().st_mode & 0o100)
        whole.update(f"{path.relative_to(folder).as_posix()}\0{executable}\0{content}\n".encode())
    return whole.hexdigest()


def revision(folder: Path) -> dict[str, object]:
    """The folder's state, as the module returns it."""
    commit = (git(folder, "log", "-1", "--format=%H", "--", ".") or "").strip()
    origin = (git(folder, "remote", "get-url", "origin") or "").strip()
    origin = re.sub(r"(?<=://)[^/@]*@", "", origin)
    if not commit:
        name = f"content-{content_hash(folder)[:_SHORT]}"
        return {"name": name, "commit": "", "dirty": True, "origin": origin}
    dirty = bool(
        (git(folder, "status", "--porcelain", "--untracked-files=all", "--", ".") or "").strip()
    )
    name = commit[:_SHORT] + (f"-dirty-{content_hash(folder)[:_SHORT]}" if dirty else "")
    return {"name": name, "commit": commit, "dirty": dirty, "origin": origin}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={"path": {"type": "path", "required": True}}, supports_check_mode=True
    )
    folder = Path(module.params["path"])
    if not folder.is_dir():
        module.fail_json(msg=f"There is no folder {folder}.")
    try:
        module.exit_json(changed=False, **revision(folder.resolve()))
    except GitError as error:
        module.fail_json(msg=f"git refuses to read {folder}: {error}")


if __name__ == "__main__":
    main()
