#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Ask several commands at once."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: commands_info
short_description: Ask several commands at once
description:
  - Runs commands that only look, side by side, and tells what each one says. It takes as long as the slowest, where a loop
    takes as long as all of them.
  - No command makes it fail, since whoever asks knows what an exit code means.
version_added: 0.4.0
author: Groundwork contributors
options:
  commands:
    description: By name, each command as a list of words. No shell reads them.
    type: dict
    required: true
  timeout:
    description: Seconds after which a command is ended; its C(rc) is then 124.
    type: int
    default: 60
attributes:
  check_mode:
    description: They run in check mode too, since they only look.
    support: full
"""

EXAMPLES = r"""
- name: Ask Docker and the kernel
  groundwork.aws.commands_info:
    commands:
      docker: [docker, version]
      kernel: [uname, -r]
  register: _asked
"""

RETURN = r"""
results:
  description: By name the C(rc), C(stdout) and C(stderr) of each command.
  returned: always
  type: dict
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor

from ansible.module_utils.basic import AnsibleModule


def ask(command: list[str], timeout: int) -> dict[str, int | str]:
    """What a command says: its rc, stdout and stderr; 124 where it was too slow, 127 where there is none."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return {"rc": 124, "stdout": "", "stderr": f"it did not end within {timeout} seconds"}
    except OSError as error:
        return {"rc": 127, "stdout": "", "stderr": str(error)}
    return {"rc": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "commands": {"type": "dict", "required": True},
            "timeout": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    commands, timeout = module.params["commands"], module.params["timeout"]
    wrong = [name for name, words in commands.items() if not (isinstance(words, list) and words)]
    if wrong:
        module.fail_json(msg=f"commands: {', '.join(wrong)} must be a list of words")
    with ThreadPoolExecutor(max_workers=max(len(commands), 1)) as pool:
        asked = pool.map(lambda words: ask([str(one) for one in words], timeout), commands.values())
        results = dict(zip(commands, asked, strict=True))
    module.exit_json(changed=False, results=results)


if __name__ == "__main__":
    main()
