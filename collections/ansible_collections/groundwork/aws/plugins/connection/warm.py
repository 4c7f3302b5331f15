# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Modules on the controller, in forks of a Python that has everything imported."""

from __future__ import annotations

DOCUMENTATION = """
name: warm
short_description: Run modules on the controller without starting a Python for each
version_added: 0.2.0
author: Groundwork contributors
description:
  - As P(ansible.builtin.local#connection), but a module runs in a fork of a process that has boto3, botocore and the
    module utilities imported. That saves about half a second of processor time in each task of an AWS collection.
  - There is one such process for each run and interpreter. It starts with the first task, its socket is private to the
    user, and it ends with the run, however that ends.
  - Whatever it does not know goes the plain way, as with P(ansible.builtin.local#connection), I(become) and I(async) too.
requirements:
  - Linux, C(pipelining) switched on.
options:
  enabled:
    description: Whether to use the warm process at all.
    type: bool
    default: true
    env: [{name: ANSIBLE_WARM_ENABLED}]
    vars: [{name: ansible_warm_enabled}]
  idle_timeout:
    description: Seconds without a task after which the warm process ends. The next task starts another.
    type: int
    default: 600
    env: [{name: ANSIBLE_WARM_IDLE_TIMEOUT}]
    vars: [{name: ansible_warm_idle_timeout}]
  preload_collections: # not `collections`: a task's keyword of that name would hide it
    description: Collections whose module utilities are imported beforehand. Those that are not installed are left out.
    type: list
    elements: str
    default: [amazon.aws, community.aws, groundwork.aws]
    vars: [{name: ansible_warm_collections}]
  libraries:
    description: Python modules that are imported beforehand. Those that are not installed are left out.
    type: list
    elements: str
    default: [boto3, botocore.session, botocore.client, botocore.signers, botocore.waiter, botocore.paginate]
    vars: [{name: ansible_warm_libraries}]
  services:
    description: AWS services whose models are parsed beforehand, while there is nothing else to do.
    type: list
    elements: str
    default: [ec2, iam, sts, s3, rds, elbv2, elasticache, logs, kms, secretsmanager, route53, cloudwatch, sns, dynamodb, acm, ecr]
    vars: [{name: ansible_warm_services}]
  payloads:
    description:
      - Whether to keep packed modules, without arguments, in C(warm) below Ansible's home from run to run.
      - A module is packed again when a file changed that it was packed from.
    type: bool
    default: true
    env: [{name: ANSIBLE_WARM_PAYLOADS}]
    vars: [{name: ansible_warm_payloads}]
  become_success_timeout:
    description: See P(ansible.builtin.local#connection).
    type: int
    default: 10
    vars: [{name: ansible_local_become_success_timeout}]
  become_strip_preamble:
    description: See P(ansible.builtin.local#connection).
    type: bool
    default: true
    vars: [{name: ansible_local_become_strip_preamble}]
extends_documentation_fragment:
  - connection_pipelining
"""

import os
import sys
from typing import Any

import ansible
import ansible.constants as C
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as Local
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.plugin_utils import (
    warm_command,
    warm_faults,
    warm_kept,
    warm_protocol,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_client import (
    Lost,
    NotStarted,
    WarmClient,
)

display = Display()


def mask() -> int:
    """This process's umask."""
    current = os.umask(0o077)
    os.umask(current)
    return current


class Connection(Local):
    """Ansible's `local`, with modules run in forks of a warm process."""

    # The name that Ansible knows: with it a task runs in the playbook's folder.
    transport = "local"
    # A file in which a module's API calls are written down; and whether those of the last one were.
    calls: str | None = None
    heard = False

    def set_options(self, *args: Any, **kwargs: Any) -> None:
        """Once the options are known, and before the run's first module is packed."""
        super().set_options(*args, **kwargs)
        if self._enabled() and self.get_option("payloads"):
            warm_kept.lay_out()

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a module's payload warm, everything else as `local` does."""
        self.heard = False
        parsed = warm_command.parse(cmd) if in_data and self._wanted(sudoable) else None
        if parsed:
            if self.get_option("payloads"):
                warm_kept.keep(in_data)
            try:
                return self._run(cmd, in_data, *parsed)
            except NotStarted as reason:
                show = display.warning if reason.broken else display.vvv
                show(f"groundwork.aws.warm: the plain way: {reason}")
            except Lost as error:
                raise AnsibleConnectionFailure(
                    f"{error}. Run the playbook again; ANSIBLE_WARM_ENABLED=0 does without."
                ) from error
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)

    def _enabled(self) -> bool:
        return sys.platform == "linux" and self.get_option("enabled") and not C.DEFAULT_DEBUG

    def _wanted(self, sudoable: bool) -> bool:
        return self._enabled() and not (self.become and sudoable)

    def _run(
        self, command: str, payload: bytes, interpreter: str, environment: dict[str, str]
    ) -> tuple[int, bytes, bytes]:
        # Ansible before 2.21 gives bytes.
        folder = os.fsdecode(self.cwd or os.getcwd())
        request = {
            # A shell would say where it stands.
            "environment": {**os.environ, "PWD": folder, **environment},
            "folder": folder,
            "mask": mask(),
            "calls": self.calls,
        }
        # A task runs in a worker, the controller's child.
        config = self._config(request["environment"], os.getppid())
        client = WarmClient(C.DEFAULT_LOCAL_TMP, interpreter, config)
        host = self._play_context.remote_addr
        display.vvv(f"EXEC (warm) {command}", host=host)
        code, out, err = client.run(request, payload)
        told, err = warm_faults.told(err)
        for line in told.retries:
            display.display(f"{host}: {line}")
        self.fault, self.heard = told.fault, bool(self.calls)
        return code, out, err

    def prepare(self, interpreter: str, environment: dict[str, str]) -> None:
        """In the main process: start the warm process, that the first task need not wait for it.

        `environment`: as of that task. Returns at once; what fails here, the first task meets again.
        """
        config = self._config(environment, os.getpid())
        if not self._enabled() or os.fork():
            return
        try:
            WarmClient(C.DEFAULT_LOCAL_TMP, interpreter, config).start()
        finally:
            os._exit(0)

    def await_services(self, interpreter: str, patience: float) -> None:
        """Where a module needs many services: wait until their models are parsed. `patience`: seconds."""
        if self._enabled():
            WarmClient(C.DEFAULT_LOCAL_TMP, interpreter, {}).await_services(patience)

    def _config(self, environment: dict[str, str], controller: int) -> dict[str, Any]:
        return {
            "controller": controller,
            "controller_started": warm_protocol.started(controller),
            "idle": self.get_option("idle_timeout"),
            "libraries": self.get_option("libraries"),
            "collections": self.get_option("preload_collections"),
            "services": self.get_option("services"),
            # Where botocore looks for its models decides which of the parsed ones serve.
            "data_path": environment.get("AWS_DATA_PATH"),
            "ansible": os.path.dirname(ansible.__file__),
            "version": ansible.__version__,
            "roots": warm_kept.roots(),
        }
