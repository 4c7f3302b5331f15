"""Our modules come from what Python compiled of them, packages and others' as Ansible has them."""

import sys

import pytest
from ansible_collections.groundwork.aws.plugins import plugin_utils
from ansible_collections.groundwork.aws.plugins.plugin_utils import compiled

HERE = plugin_utils.__name__
WHERE = list(plugin_utils.__path__)


def test_a_module_of_ours_is_kept_in_its_compiled_form():
    found = compiled.Compiled().find_spec(f"{HERE}.plan", WHERE)
    assert found.origin.endswith("/plugin_utils/plan.py")
    assert found.cached.endswith(".pyc")


@pytest.mark.parametrize(
    "name", [f"{HERE}.traces", f"{HERE}.no_such", "ansible_collections.amazon.aws.plan", "yaml"]
)
def test_all_else_is_left_to_others(name):
    assert compiled.Compiled().find_spec(name, WHERE) is None


def test_it_is_used_once(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    compiled.use()
    compiled.use()
    assert sum(isinstance(one, compiled.Compiled) for one in sys.meta_path) == 1
