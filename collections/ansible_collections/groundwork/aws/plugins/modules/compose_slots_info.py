#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Tell what the slots of an application on this host hold, and which one serves."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: compose_slots_info
short_description: Tell what the slots of an application on this host hold, and which one serves
description:
  - Asks Docker and HAProxy on the host about the two slots that M(groundwork.aws.compose_slots) works with.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the application.
    type: str
    required: true
  directory:
    description: Folder of the application.
    type: path
    required: true
  services:
    description: For each service its C(port) on the host.
    type: dict
    required: true
  proxy_map:
    description: HAProxy's map file that says which slot serves.
    type: path
    required: true
  proxy_socket:
    description: Command line of HAProxy's master process.
    type: path
    default: /run/haproxy-master.sock
  images:
    description: Images to look for, C(repository@sha256:...).
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
"""

EXAMPLES = r"""
- name: Look which release serves
  groundwork.aws.compose_slots_info:
    name: shop-qa
    directory: /opt/groundwork/shop-qa
    services: {api: {port: 3000}}
    proxy_map: /var/lib/groundwork/shop-qa/slots.map
  register: _slots
"""

RETURN = r"""
active:
  description: The slot that serves, V(none) where none does.
  returned: always
  type: str
maintenance:
  description: Whether the proxy answers with the maintenance page.
  returned: always
  type: bool
slots:
  description: >-
    For each slot that holds something its C(release), C(images) by service, C(running), C(good), C(containers), the further
    images that it C(keeps), and what the C(proxy) says of each service.
  returned: always
  type: dict
docker:
  description: What is wrong with Docker; empty where nothing is.
  returned: always
  type: str
proxy:
  description: What is wrong with the proxy; empty where nothing is.
  returned: always
  type: str
images:
  description: The images of O(images) that the host has, each with its configuration.
  returned: always
  type: dict
host:
  description: >-
    The host's C(load), memory and disk in use (per cent), C(memory_free) and C(disk_free) in bytes, C(uptime) in seconds,
    and its C(clock), in seconds since 1970.
  returned: always
  type: dict
"""

import os
import shutil
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.groundwork.aws.plugins.module_utils.haproxy import ProxyError
from ansible_collections.groundwork.aws.plugins.module_utils.slot_machine import Machine
from ansible_collections.groundwork.aws.plugins.module_utils.slots import SlotError, image_configs


def host_facts() -> dict[str, Any]:
    """How busy and how full the host is. Memory counts as used what `available` does not hold (proc(5), meminfo)."""
    with open("/proc/meminfo", encoding="ascii") as stream:
        memory = {line.split(":")[0]: int(line.split()[1]) for line in stream}
    with open("/proc/uptime", encoding="ascii") as stream:
        uptime = float(stream.read().split()[0])
    disk = shutil.disk_usage("/var/lib")
    return {
        "load": round(os.getloadavg()[0], 2),
        "processors": os.cpu_count(),
        "memory": round(100 - 100 * memory["MemAvailable"] / memory["MemTotal"]),
        "disk": round(100 * disk.used / disk.total),
        "disk_free": disk.free,
        "memory_free": memory["MemAvailable"] * 1024,
        "clock": time.time(),
        "uptime": int(uptime),
    }


def tell(machine: Machine) -> dict[str, Any]:
    """What is known of the slots. Docker or the proxy missing is told, not raised."""
    told: dict[str, Any] = {"slots": {}, "docker": "", "proxy": "", "host": host_facts()}
    statuses: dict[tuple[str, str], str] = {}
    try:
        for line in machine.proxy.stats():
            statuses.setdefault((line["pxname"], line["svname"]), line["status"])
    except ProxyError as error:
        told["proxy"] = str(error)
    told["active"] = machine.active()
    told["maintenance"] = machine.written("maintenance") == "on"
    for name, slot in machine.slots.items():
        if not slot.text():
            continue
        try:
            found = slot.containers()
        except (SlotError, OSError) as error:
            told["docker"], found = str(error), []
        told["slots"][name] = {
            "release": slot.release(),
            "keeps": slot.keeps(),
            "images": {one.service: one.image for one in found},
            "running": any(one.state == "running" for one in found),
            "good": bool(found) and all(one.good for one in found),
            "containers": [one.told() for one in found],
            "proxy": {
                service: statuses.get((f"{service}-{name}", name), "")
                for service in machine.services
            },
        }
    return told


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "directory": {"type": "path", "required": True},
            "services": {"type": "dict", "required": True},
            "proxy_map": {"type": "path", "required": True},
            "proxy_socket": {"type": "path", "default": "/run/haproxy-master.sock"},
            "images": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    given = module.params
    machine = Machine(
        given["name"],
        given["directory"],
        given["services"],
        {},
        given["proxy_map"],
        given["proxy_socket"],
    )
    module.exit_json(changed=False, images=image_configs(given["images"]), **tell(machine))


if __name__ == "__main__":
    main()
