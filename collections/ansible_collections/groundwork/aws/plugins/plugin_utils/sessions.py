# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Hosts' SSH sessions, opened while a run begins.

Before a run comes to its hosts, it looks at the inventory, the account and the lock. The sessions in which their modules
will run (P(groundwork.aws.warm_ssh#connection)) are opened meanwhile.
"""

from __future__ import annotations

import os
import shlex
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import become_loader, connection_loader
from ansible.template import Templar

WARM_SSH = "groundwork.aws.warm_ssh"
MOST = 10
"""Hosts whose sessions are opened at a time: each is an ssh of its own."""


def app_play(playbook: Any, group: str) -> Any:
    """The first play of a playbook whose hosts are those of a group, or some of them; None where it has none."""
    # As it is written: a play's hosts are a list only once it begins.
    patterns = (group, [group], f"{group}[0]", [f"{group}[0]"])
    return next((play for play in playbook.get_plays() if play.hosts in patterns), None)


def open_early(play: Any, manager: Any) -> None:
    """Begin to open the session of each host of a play, in the background. What fails is met again by the first task."""
    # Another play is at work, and the inventory restricted to its hosts.
    hosts = manager._inventory.get_hosts(play.hosts, ignore_restrictions=True)
    controller = os.getpid()
    if not hosts or os.fork():
        return
    try:
        for host in hosts[:MOST]:
            _open(play, host, manager, controller)
    finally:
        os._exit(0)


def _open(play: Any, host: Any, manager: Any, controller: int) -> None:
    variables = manager.get_vars(play=play, host=host)
    # Who is become is said by the play alone, as far as this knows.
    known = not any(name.startswith(("ansible_become", "ansible_sudo")) for name in variables)
    if variables.get("ansible_connection") != WARM_SSH or not known:
        return
    templar = Templar(loader=DataLoader(), variables=variables)
    context = PlayContext(play=play)
    context.remote_addr = host.get_name()
    connection = connection_loader.get(WARM_SSH, context)
    connection.set_options(var_options=connection._resolve_option_variables(variables, templar))
    interpreter = templar.template(variables["ansible_python_interpreter"])
    become = []
    if play.become:
        sudo = become_loader.get(play.become_method or context.become_method)
        sudo.set_options(task_keys={"become_user": play.become_user} if play.become_user else {})
        become = shlex.split(sudo.build_become_command(interpreter, connection._shell))[:-2]
    connection.prepare(interpreter, become, controller)
