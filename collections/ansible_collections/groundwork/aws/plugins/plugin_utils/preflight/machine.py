# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The machine that runs Ansible: its programs, libraries and keys."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from pathlib import Path
from typing import Any

from ansible.module_utils.compat.version import LooseVersion
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import Finding

PACKAGES = {"ssh": "openssh-client", "ssh-keygen": "openssh-client", "docker": "docker.io"}


def check(
    needs: dict[str, Any], versions: dict[str, Any], key: str | None, plan: bool
) -> list[Finding]:
    """What the verb needs and this machine lacks.

    `needs` has tools, images, private_key and public_key; `versions` a range by library; `key` is
    the path of the SSH key; a `plan` builds no image and so needs no Docker.
    """
    found = _check_libraries(versions)
    tools = list(needs.get("tools", []))
    if needs.get("images") and not plan:
        tools.append("docker")
    for tool in tools:
        if shutil.which(tool) is None:
            write = f"Install it (on Debian: apt install {PACKAGES.get(tool, tool)}), or add it to PATH."
            found.append(Finding(tool, "is not installed on this machine", write))
    if key:
        found += _check_key(Path(key).expanduser(), needs)
    return found


def _check_libraries(versions: dict[str, Any]) -> list[Finding]:
    found = []
    for name, wanted in versions.items():
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            says = "is not there for the Python that runs Ansible"
            found.append(Finding(name, says, "Run make setup, and .venv/bin/ansible-playbook."))
            continue
        low, high = wanted.get("min", "0"), wanted.get("below")
        asked = f"{low} or newer" + (f", below {high}" if high else "")
        if LooseVersion(version) < LooseVersion(low) or (
            high and LooseVersion(version) >= LooseVersion(high)
        ):
            write = "Run make setup, and .venv/bin/ansible-playbook."
            found.append(Finding(name, f"is {version}, wanted is {asked}", write))
    return found


def _check_key(key: Path, needs: dict[str, Any]) -> list[Finding]:
    public = key.with_name(f"{key.name}.pub")
    where = "GROUNDWORK_SSH_KEY" if os.environ.get("GROUNDWORK_SSH_KEY") else "ssh_key"
    make = f"ssh-keygen -t ed25519 -f {key}"
    found = []
    # With an agent the private half need not lie in a file.
    if needs.get("private_key") and not key.is_file() and not os.environ.get("SSH_AUTH_SOCK"):
        says = f"names {key}, where there is no private key"
        found.append(Finding(where, says, f"Make one: {make}; or export GROUNDWORK_SSH_KEY=PATH."))
    elif needs.get("private_key") and key.is_file() and key.stat().st_mode & 0o077:
        says = f"names {key}, which others may read: ssh refuses such a key"
        found.append(Finding(where, says, f"chmod 600 {key}"))
    if needs.get("public_key") and not public.is_file():
        says = f"names {key}, beside which there is no {public.name}"
        write = f"ssh-keygen -y -f {key} > {public}" if key.is_file() else f"Make one: {make}"
        found.append(Finding(where, says, f"{write}; or export GROUNDWORK_SSH_KEY=PATH."))
    elif needs.get("public_key") and not public.read_text(errors="replace").startswith(
        ("ssh-", "ecdsa-", "sk-")
    ):
        says = f"names {key}, but {public.name} holds no public key"
        found.append(Finding(where, says, f"ssh-keygen -y -f {key} > {public}"))
    return found
