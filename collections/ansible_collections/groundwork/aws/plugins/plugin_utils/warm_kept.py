# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What connections do with packed modules: lay them out before a run's first one, keep new ones."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable

import ansible
import ansible.constants as C
from ansible.plugins.loader import module_utils_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig
from ansible.utils.display import Display
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_payload import Declined
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_payloads import Payloads

display = Display()


def roots() -> list[str]:
    """Folders with an ansible_collections in them, in the order in which Ansible looks."""
    paths = AnsibleCollectionConfig.collection_paths
    return [path.removesuffix("/ansible_collections") for path in paths]


def _with_payloads(use: Callable[[Payloads], object]) -> None:
    """Packing again is no failure: whatever is wrong with what is kept, a run goes on."""
    try:
        versions = [ansible.__version__, sys.version, module_utils_loader.print_paths()]
        package = os.path.dirname(ansible.__file__)
        use(Payloads(C.ANSIBLE_HOME, C.DEFAULT_LOCAL_TMP, package, roots(), versions))
    except (OSError, ValueError, Declined) as error:
        display.vvv(f"groundwork.aws.warm: packed modules are not kept: {error}")


def _lay_out(payloads: Payloads) -> None:
    done = os.path.join(C.DEFAULT_LOCAL_TMP, "warm-payloads")
    if os.path.exists(done):
        return
    with open(f"{done}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(done):
            payloads.lay_out()
            with open(done, "w"):
                pass


def lay_out() -> None:
    """Put what earlier runs have packed where this run's Ansible looks, once."""
    _with_payloads(_lay_out)


def keep(payload: bytes) -> None:
    """Keep a packed module for the next run."""
    _with_payloads(lambda payloads: payloads.keep(payload))
