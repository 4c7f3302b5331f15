"""What the main process does once, so that no worker has to."""

import sys

from ansible._internal._task import UnifiedTaskResult
from ansible_collections.groundwork.aws.plugins.callback import preload


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
