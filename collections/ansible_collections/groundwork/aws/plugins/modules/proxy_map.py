#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Set a value of the map that the host's proxy goes by."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: proxy_map
short_description: Set a value of the map that the host's proxy goes by
description:
  - Sets a value in the running HAProxy, between two requests, and in the map's file for its next start.
version_added: 0.3.0
author: Groundwork contributors
options:
  path:
    description: The map's file.
    type: path
    required: true
  key:
    description: What is set.
    type: str
    choices: [maintenance]
    required: true
  value:
    description: The value.
    type: str
    choices: ["on", "off"]
    required: true
  socket:
    description: Command line of HAProxy's master process.
    type: path
    default: /run/haproxy-master.sock
attributes:
  check_mode:
    description: Tells what would be done.
    support: full
"""

EXAMPLES = r"""
- name: Answer with the maintenance page
  groundwork.aws.proxy_map:
    path: /var/lib/groundwork/shop-qa/slots.map
    key: maintenance
    value: "on"
"""

RETURN = r"""
before:
  description: The value before.
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.groundwork.aws.plugins.module_utils.haproxy import ProxyError
from ansible_collections.groundwork.aws.plugins.module_utils.slot_machine import Machine


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "key": {"type": "str", "choices": ["maintenance"], "required": True},
            "value": {"type": "str", "choices": ["on", "off"], "required": True},
            "socket": {"type": "path", "default": "/run/haproxy-master.sock"},
        },
        supports_check_mode=True,
    )
    path, key, value, socket = (module.params[name] for name in ("path", "key", "value", "socket"))
    machine = Machine("", "", {}, {}, path, socket)
    try:
        before = machine.proxy.map_value(path, key)
        changed = value not in (before, machine.written(key)) or before != machine.written(key)
        if changed and not module.check_mode:
            machine.set(key, value)
    except (ProxyError, OSError) as error:
        module.fail_json(msg=f"{error}. Is this host configured? Run playbooks/configure.yml.")
    module.exit_json(
        changed=changed, before=before, diff={"before": {key: before}, "after": {key: value}}
    )


if __name__ == "__main__":
    main()
