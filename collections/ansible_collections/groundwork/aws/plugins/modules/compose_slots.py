#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Bring a release into service on this host without a failed request."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: compose_slots
short_description: Bring a release into service on this host without a failed request
description:
  - An application has two slots on a host, C(blue) and C(green), each a Compose project with all of its services. HAProxy
    on the host sends requests to one of them.
  - With O(state=serving) the idle slot is given the release, started, waited for until it is healthy, and the proxy is
    switched. The slot that served goes on running. A release that does not get healthy is removed again, and nothing
    else has changed.
  - With O(state=settled) the slot that serves is watched, then the other one is drained and stopped. Its containers stay
    for a rollback. A release that gets ill while it is watched is switched back from.
  - Two runs on one host do not meet; the second one waits for the first.
version_added: 0.3.0
author: Groundwork contributors
options:
  name:
    description: Name of the application. The Compose projects are called C(NAME-blue) and C(NAME-green).
    type: str
    required: true
  directory:
    description: Folder of the application; each slot has one in it.
    type: path
    required: true
  state:
    description: V(serving) starts and switches, V(settled) stops what does not serve.
    type: str
    choices: [serving, settled]
    default: serving
  release:
    description: Name of the release.
    type: str
    default: ""
  projects:
    description:
      - Text of the Compose project for each slot.
      - Without it the slot that holds O(release) from an earlier deploy is started as it stands. It has served before, so a
        service's C(health_path) decides where it has one, and Docker's verdict is waited for with O(state=settled).
    type: dict
    default: {}
  anew:
    description: Bring the release into the other slot even where it serves already, healthy. For a restart.
    type: bool
    default: false
  services:
    description: For each service its C(port) on the host and, where it has one, its C(health_path).
    type: dict
    required: true
  slot_offsets:
    description: What is added to a service's port for each slot's own port, on the loopback address.
    type: dict
    default: {blue: 10000, green: 20000}
  proxy_map:
    description: HAProxy's map file that says which slot serves.
    type: path
    required: true
  proxy_socket:
    description: Command line of HAProxy's master process.
    type: path
    default: /run/haproxy-master.sock
  wait:
    description: Seconds until the release must be healthy.
    type: int
    default: 120
  start_cpu_shares:
    description:
      - The share of the processors that the projects give to containers (C(cpu_shares)), and that one has which stands idle. Once
        the release is healthy its containers get Docker's own, 1024, so that what starts does not slow down what serves.
      - Without it containers have what their project says.
    type: int
    default: 0
  watch:
    description: Seconds for which the release must stay healthy after the switch, with O(state=settled).
    type: int
    default: 0
  drain:
    description: Seconds that requests in the old slot may take to end.
    type: int
    default: 60
  keep_images:
    description:
      - Images of the release, C(repository@sha256:...). With O(state=settled) all other images of their repositories are
        removed, but for those that a slot holds, or names in C(x-groundwork-keeps).
    type: list
    elements: str
    default: []
  log_lines:
    description: Lines of a failed container's log to return.
    type: int
    default: 40
attributes:
  check_mode:
    description: Tells what would be done.
    support: full
"""

EXAMPLES = r"""
- name: Bring the release into service
  groundwork.aws.compose_slots:
    name: shop-qa
    directory: /opt/groundwork/shop-qa
    release: qa-2
    projects: {blue: "{{ blue }}", green: "{{ green }}"}
    services: {api: {port: 3000, health_path: /health}}
    proxy_map: /var/lib/groundwork/shop-qa/slots.map

- name: Stop the release before
  groundwork.aws.compose_slots:
    name: shop-qa
    directory: /opt/groundwork/shop-qa
    state: settled
    watch: 10
    services: {api: {port: 3000, health_path: /health}}
    proxy_map: /var/lib/groundwork/shop-qa/slots.map
"""

RETURN = r"""
slot:
  description: The slot that serves, or would; V(none) where none does.
  returned: always
  type: str
before:
  description: The Compose project of the slot that served; empty where none did.
  returned: always
  type: str
release_before:
  description: The release that served; empty where none did.
  returned: always
  type: str
seconds:
  description: How long each step took, by its name.
  returned: always
  type: dict
containers:
  description: The containers that failed, each with C(service), C(state), C(health), C(exit_code), C(restarts) and C(log).
  returned: on failure
  type: list
  elements: dict
release_other:
  description: The release in the slot that was switched back to.
  returned: on failure
  type: str
switched_back:
  description: Whether the proxy was switched back to the slot before.
  returned: on failure
  type: bool
"""

import contextlib
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.groundwork.aws.plugins.module_utils import slot_images
from ansible_collections.groundwork.aws.plugins.module_utils.haproxy import ProxyError
from ansible_collections.groundwork.aws.plugins.module_utils.slot_machine import (
    NONE,
    FailedRelease,
    Machine,
)
from ansible_collections.groundwork.aws.plugins.module_utils.slots import (
    SERVING_SHARES,
    SLOTS,
    SlotError,
)

SPEC = {
    "name": {"type": "str", "required": True},
    "directory": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["serving", "settled"], "default": "serving"},
    "release": {"type": "str", "default": ""},
    "projects": {"type": "dict", "default": {}},
    "anew": {"type": "bool", "default": False},
    "services": {"type": "dict", "required": True},
    "slot_offsets": {"type": "dict", "default": {"blue": 10000, "green": 20000}},
    "proxy_map": {"type": "path", "required": True},
    "proxy_socket": {"type": "path", "default": "/run/haproxy-master.sock"},
    "wait": {"type": "int", "default": 120},
    "start_cpu_shares": {"type": "int", "default": 0},
    "watch": {"type": "int", "default": 0},
    "drain": {"type": "int", "default": 60},
    "keep_images": {"type": "list", "elements": "str", "default": []},
    "log_lines": {"type": "int", "default": 40},
}


class Run:
    """One call of the module."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        given = module.params
        self.machine = Machine(
            given["name"],
            given["directory"],
            given["services"],
            {slot: int(offset) for slot, offset in given["slot_offsets"].items()},
            given["proxy_map"],
            given["proxy_socket"],
            given["log_lines"],
        )
        self.active = NONE
        self.seconds: dict[str, float] = {}
        self.result: dict[str, Any] = {"changed": False, "seconds": self.seconds}

    def look(self) -> None:
        """See which slot serves, and with what."""
        self.active = self.machine.active()
        serving = self.machine.slots.get(self.active)
        before, release = (serving.text(), serving.release()) if serving else ("", "")
        self.result.update(slot=self.active, before=before, release_before=release)

    def timed(self, step: str, work: Any, *given: Any) -> None:
        """Do a step and note how long it took."""
        begun = time.monotonic()
        try:
            work(*given)
        finally:
            self.seconds[step] = round(time.monotonic() - begun, 2)

    def serves(self) -> bool:
        """Whether what is asked for serves already, healthy."""
        serving, given = self.machine.slots.get(self.active), self.module.params
        if serving is None or given["anew"]:
            return False
        same = (
            serving.text() == given["projects"][self.active]
            if given["projects"]
            else serving.release() == given["release"]
        )
        return same and serving.good()

    def bring(self) -> None:
        """Bring the release into service."""
        given, machine = self.module.params, self.machine
        if self.serves():
            if machine.written() != self.active and not self.module.check_mode:
                machine.set(
                    "active", self.active
                )  # a run was killed between the proxy and the file
            return
        name = SLOTS[0] if self.active == NONE else machine.other(self.active)
        target = machine.slots[name]
        if not given["projects"] and target.release() != given["release"]:
            raise SlotError(f"Slot {name} does not hold release {given['release']} any more.")
        self.result.update(changed=True, slot=name)
        if self.module.check_mode:
            return
        if given["projects"]:
            target.write(given["projects"][name])
        try:
            self.timed("start", machine.start, target, given["wait"], not given["projects"])
            if given["start_cpu_shares"]:
                target.weigh(SERVING_SHARES)
            self.timed("proxy", machine.await_proxy, target)
        except (FailedRelease, SlotError, ProxyError):
            self.result.update(changed=False, slot=self.active)
            with contextlib.suppress(SlotError):  # the first failure is the one to tell
                target.remove()
            raise
        self.timed("switch", machine.set, "active", name)

    def settle(self) -> None:
        """Stop what does not serve, once what serves has proved itself."""
        given, machine = self.module.params, self.machine
        serving = machine.slots.get(self.active)
        if serving is None:
            return
        idle = machine.slots[machine.other(self.active)]
        self.result["changed"] = idle.running()
        if self.module.check_mode:
            return
        try:
            self.timed("watch", machine.watch, serving, given["watch"])
        except FailedRelease:
            back = idle.good()
            if back:
                machine.set("active", idle.name)
                self.timed("drain", machine.drain, serving, given["drain"])
                serving.remove()
            self.result.update(
                switched_back=back,
                slot=idle.name if back else self.active,
                release_other=idle.release(),
            )
            raise
        if self.result["changed"]:
            self.timed("drain", machine.drain, idle, given["drain"])
            self.timed("stop", idle.stop)
            if given["start_cpu_shares"]:
                idle.weigh(given["start_cpu_shares"])
        self.timed("prune", slot_images.prune, machine.slots.values(), given["keep_images"])


def main() -> None:
    """Run the module."""
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    run = Run(module)
    alone = run.machine.alone(module.params["wait"] + module.params["drain"])
    try:
        with contextlib.nullcontext() if module.check_mode else alone:
            run.look()
            (run.bring if module.params["state"] == "serving" else run.settle)()
    except FailedRelease as error:
        module.fail_json(msg=str(error), containers=error.containers, **run.result)
    except (SlotError, ProxyError, OSError) as error:
        module.fail_json(msg=str(error), containers=[], **run.result)
    module.exit_json(**run.result)


if __name__ == "__main__":
    main()
