"""Environments as Ansible loads them, judged in this process."""

from __future__ import annotations

import shutil
from pathlib import Path

from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager
from ansible_collections.groundwork.aws.plugins.plugin_utils import templates
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import knowledge
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.gather import gather
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.judge import judge

ROOT = Path(__file__).parents[2]
# As in a run: hundreds of inventories here differ in one line.
templates.remember()


def load(sources: list[Path], extra: dict | None = None) -> Environment:
    """The environment of these inventories, without the hosts that only AWS knows."""
    context.CLIARGS = ImmutableDict(basedir=str(ROOT), extra_vars=())
    loader = DataLoader()
    loader.set_basedir(str(ROOT / "playbooks"))
    files = [p / "components.yml" if (p / "components.yml").is_file() else p for p in sources]
    inventory = InventoryManager(loader=loader, sources=[str(file) for file in files])
    manager = VariableManager(loader=loader, inventory=inventory, version_info={"string": "0"})
    manager._extra_vars = extra or {}
    manager._options_vars = {"ansible_inventory_sources": [str(p) for p in sources]}
    known = knowledge.load(ROOT / "roles", ROOT / "roles/preflight/rules")
    hostvars = HostVars(inventory, manager, loader)
    return gather(loader, hostvars, extra or {}, known)


def findings(sources: list[Path], extra: dict | None = None) -> list:
    """What is wrong with these inventories."""
    environment = load(sources, extra)
    judge(environment)
    return environment.findings


def copy(env: str, folder: Path, name: str | None = None) -> Path:
    """A copy of an inventory that may be spoilt."""
    target = folder / "inventories" / (name or env)
    shutil.copytree(ROOT / "inventories" / env, target)
    return target
