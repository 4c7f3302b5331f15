# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Modules on hosts, in forks of a Python that waits at the end of one SSH session."""

from __future__ import annotations

DOCUMENTATION = """
name: warm_ssh
short_description: Run modules over SSH without starting a Python, a sudo and a session for each
version_added: 0.3.0
author: Groundwork contributors
description:
  - As P(ansible.builtin.ssh#connection), but a module runs in a fork of a Python on the host that has Ansible's module
    utilities imported. That saves most of a task's time on the host, and a round trip.
  - There is one such Python for each run, host and user that is become. It starts with the first task, at the end of an
    SSH session that is made as Ansible makes every other one, and ends with the run, however that ends. Nothing is
    installed on the host, nothing written there, and nothing listens.
  - Whatever it does not know goes the plain way, as with P(ansible.builtin.ssh#connection). So do commands and files that
    Ansible sends besides modules, I(async), and a I(become) other than C(sudo) without a password.
requirements:
  - C(pipelining) switched on; Linux and Python 3.9 or newer on the host.
options:
  enabled:
    description: Whether to use a warm Python at all.
    type: bool
    default: true
    env: [{name: ANSIBLE_WARM_ENABLED}]
    vars: [{name: ansible_warm_enabled}]
  idle_timeout:
    description: Seconds without a task after which the session ends. The next task starts another.
    type: int
    default: 600
    env: [{name: ANSIBLE_WARM_IDLE_TIMEOUT}]
    vars: [{name: ansible_warm_idle_timeout}]
  payloads:
    description: Whether to keep packed modules from run to run, as with P(groundwork.aws.warm#connection).
    type: bool
    default: true
    env: [{name: ANSIBLE_WARM_PAYLOADS}]
    vars: [{name: ansible_warm_payloads}]
extends_documentation_fragment:
  - groundwork.aws.ssh
  - connection_pipelining
"""

import os
import shlex
import sys
from typing import Any

import ansible.constants as C
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.ssh import Connection as Ssh
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    warm_command,
    warm_keeper,
    warm_kept,
    warm_protocol,
    warm_remote,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_child import at_start
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import Lost, NotStarted

display = Display()


class Connection(Ssh):
    """Ansible's `ssh`, with modules run in forks of a warm Python on the host."""

    # The name that Ansible knows: what it does for `ssh`, it does for this.
    transport = "ssh"

    def set_options(self, *args: Any, **kwargs: Any) -> None:
        """Once the options are known, and before the run's first module is packed."""
        super().set_options(*args, **kwargs)
        if self._enabled() and self.get_option("payloads"):
            warm_kept.lay_out()

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a module's payload warm, everything else as `ssh` does."""
        parsed = warm_command.parse_sudo(cmd) if in_data and self._enabled() else None
        if parsed and not at_start(parsed[1]):
            interpreter, environment, become = parsed
            if self.get_option("payloads"):
                warm_kept.keep(in_data)
            try:
                # A task runs in a worker, the controller's child.
                client = self._client(interpreter, become, os.getppid())
                display.vvv(f"EXEC (warm) {cmd}", host=self.host)
                return client.run(environment, in_data)
            except NotStarted as reason:
                show = display.warning if reason.broken else display.vvv
                show(f"groundwork.aws.warm_ssh: the plain way: {reason}")
            except Lost as error:
                raise AnsibleConnectionFailure(f"{error}.") from error
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)

    def prepare(self, interpreter: str, become: list[str], controller: int) -> None:
        """Open the session, that the first task need not wait for it.

        `become`: the words of sudo as a task will have them; `controller`: the run's main process. Returns at once; what fails
        here, the first task meets again.
        """
        if not self._enabled() or os.fork():
            return
        try:
            self._client(interpreter, become, controller).start_early()
        finally:
            os._exit(0)

    def reset(self) -> None:
        """End the sessions too: whoever resets a connection wants a new login."""
        warm_remote.end(self._folder())
        super().reset()

    def _enabled(self) -> bool:
        return (
            sys.platform == "linux"
            and self.get_option("enabled")
            and not C.DEFAULT_DEBUG
            # Nobody is there to be asked.
            and not (self.get_option("password") or self._play_context.password)
        )

    def _folder(self) -> str:
        host = self.get_option("host") or self._play_context.remote_addr
        return os.path.join(C.DEFAULT_LOCAL_TMP, f"warm-ssh-{host}")

    def _client(
        self, interpreter: str, become: list[str], controller: int
    ) -> warm_remote.RemoteClient:
        self.host = self.get_option("host") or self._play_context.remote_addr
        program = f"exec {shlex.quote(interpreter)} -c {shlex.quote(warm_keeper.BOOT)}"
        if become:
            program = f"exec {shlex.join([*become, '-c', program])}"
        command = self._build_command(
            self.get_option("ssh_executable"),
            "ssh",
            self.host,
            f"/bin/sh -c {shlex.quote(program)}",
        )
        config = {
            "command": [os.fsdecode(word) for word in command],
            "controller": controller,
            "controller_started": warm_protocol.started(controller),
            "idle": self.get_option("idle_timeout"),
            "roots": warm_kept.roots(),
        }
        return warm_remote.RemoteClient(self._folder(), config)
