#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Have an application's secrets on this host as Secrets Manager holds them now."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: host_secrets
short_description: Have an application's secrets on this host as Secrets Manager holds them now
description:
  - Writes what the fetching program is to fetch, has its systemd unit fetch it, and tells the versions. No value comes near
    this module, so none is in its arguments or its answer.
  - One module instead of four tasks, since a deploy does this on each host while users wait for it. And so that a plan can
    tell that a secret was rotated, which no file on the host says.
version_added: 0.4.0
author: Groundwork contributors
options:
  name:
    description: Name of the application.
    type: str
    required: true
  content:
    description: What is fetched, as the program reads it.
    type: str
    required: true
  directory:
    description: Folder of the files that say what is fetched.
    type: path
    default: /etc/groundwork/secrets.d
  versions:
    description: File in which the program notes the versions that it fetched.
    type: path
    required: true
  program:
    description: The fetching program. In check mode it is asked for the versions that it would fetch.
    type: path
    default: /usr/local/sbin/groundwork-secrets
  unit:
    description: The unit that runs the program.
    type: str
    default: groundwork-secrets.service
extends_documentation_fragment:
  - groundwork.aws.planned
"""

EXAMPLES = r"""
- name: Fetch the secrets with the instance's role
  groundwork.aws.host_secrets:
    name: shop-qa
    content: "{{ lookup('groundwork.aws.template', 'secrets.json.j2') }}"
    versions: /run/groundwork/secrets/shop-qa.versions.json
"""

RETURN = r"""
versions:
  description: By file name the C(secret_id), the C(version_id), and a digest of the C(format).
  returned: always
  type: dict
"""

import hashlib
import json
import os
import subprocess
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

JOURNAL_LINES = 20
UNKNOWN = "(known after apply)"


def noted(path: Path) -> dict:
    """The versions of the last fetch; none after a boot until the unit has run."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def text_of(path: Path) -> str:
    """A file's text, empty where there is none."""
    try:
        return path.read_text()
    except OSError:
        return ""


def summary(content: str, versions: dict) -> dict[str, str]:
    """What a plan shows: each file's version, and a digest of what is fetched; empty without both."""
    told = {name: str(one.get("version_id")) for name, one in versions.items()}
    if content:
        told["content"] = f"sha256:{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    return told


def ran(*command: str, told: str = "") -> subprocess.CompletedProcess:
    """Run a program with `told` on its standard input."""
    return subprocess.run(command, input=told, capture_output=True, text=True, check=False)


def guessed(content: str, before: dict) -> dict:
    """The versions of the last fetch; of what was not fetched then, that they are not known yet."""
    after = {}
    for item in json.loads(content)["items"]:
        one = {"secret_id": item["secret_id"], "version_id": UNKNOWN}
        last = before.get(item["name"], {})
        after[item["name"]] = last if last.get("secret_id") == item["secret_id"] else one
    return after


def foreseen(module: AnsibleModule, before: dict) -> dict:
    """The versions that a fetch would bring, as far as the program is there and can tell."""
    program, content = module.params["program"], module.params["content"]
    if not os.access(program, os.X_OK):
        return guessed(content, before)
    answer = ran(program, "--look", told=content)
    if answer.returncode != 0:
        module.warn(f"What would be fetched is not known: {answer.stderr.strip()}")
        return guessed(content, before)
    return json.loads(answer.stdout)


def fetch(module: AnsibleModule, path: Path, old: str) -> None:
    """Write what is to be fetched, and have it fetched."""
    text, unit = module.params["content"], module.params["unit"]
    if text != old:
        new = path.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o644)
        new.rename(path)
    if ran("systemctl", "restart", unit).returncode != 0:
        journal = ran("journalctl", "--unit", unit, "--lines", str(JOURNAL_LINES), "--no-pager",
                      "--output", "cat")  # fmt: skip
        name = module.params["name"]
        module.fail_json(
            msg=f"The secrets of {name} could not be fetched on {os.uname().nodename}:\n"
            f"{journal.stdout.strip() or journal.stderr.strip()}"
        )


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "content": {"type": "str", "required": True},
            "directory": {"type": "path", "default": "/etc/groundwork/secrets.d"},
            "versions": {"type": "path", "required": True},
            "program": {"type": "path", "default": "/usr/local/sbin/groundwork-secrets"},
            "unit": {"type": "str", "default": "groundwork-secrets.service"},
        },
        supports_check_mode=True,
    )
    path = Path(module.params["directory"], f"{module.params['name']}.json")
    versions = Path(module.params["versions"])
    old, before = text_of(path), noted(versions)
    if module.check_mode:
        after = foreseen(module, before)
    else:
        fetch(module, path, old)
        after = noted(versions)
    text = module.params["content"]
    module.exit_json(
        changed=text != old or before != after,
        versions=after,
        diff={"before": summary(old, before), "after": summary(text, after)},
    )


if __name__ == "__main__":
    main()
