"""What the main process does once, so that no worker has to."""

import sys
from pathlib import Path

import pytest
from ansible import context
from ansible._internal._task import UnifiedTaskResult
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook import Playbook
from ansible.vars.manager import VariableManager
from ansible_collections.groundwork.aws.plugins.callback import preload

ROOT = Path(__file__).parents[2]


def test_what_workers_would_do_first_is_done_without_a_complaint(monkeypatch):
    said = []
    monkeypatch.setattr(preload.display, "vvv", said.append)
    preload.rehearse()
    assert said == []
    known = UnifiedTaskResult.get_result_key_to_resolved_field_mapping.__func__.cache_info()
    UnifiedTaskResult.from_module_result_dict({"changed": True})
    UnifiedTaskResult.from_action_result_dict({"changed": True})
    now = UnifiedTaskResult.get_result_key_to_resolved_field_mapping.__func__.cache_info()
    assert now.misses == known.misses > 0
    assert f"ansible.module_utils._internal._json._profiles.{preload.PROFILES[0]}" in sys.modules


def test_another_ansible_is_no_error(monkeypatch):
    said = []
    monkeypatch.setattr(preload.display, "vvv", said.append)
    monkeypatch.setattr(preload, "PROFILES", ("no_such",))
    preload.rehearse()
    assert "not rehearsed: ModuleNotFoundError" in said[0]


@pytest.mark.parametrize("name", sorted(page.stem for page in (ROOT / "playbooks").glob("*.yml")))
def test_every_playbook_is_looked_through(name, monkeypatch):
    """Also those with blocks within blocks: a callback that fails is a warning in each run."""
    monkeypatch.setattr(
        context,
        "CLIARGS",
        ImmutableDict(basedir=str(ROOT), extra_vars=(), tags=("all",), skip_tags=()),
    )
    loader = DataLoader()
    loader.set_basedir(str(ROOT / "playbooks"))
    playbook = Playbook.load(
        str(ROOT / f"playbooks/{name}.yml"),
        loader=loader,
        variable_manager=VariableManager(loader=loader),
    )
    found = preload.look_of(playbook)
    assert found is None or found.action == preload.LOOK
    app = preload.sessions.app_play(playbook, preload.APP)
    text = (ROOT / f"playbooks/{name}.yml").read_text()
    assert app is not None or "\n  hosts: app" not in text
