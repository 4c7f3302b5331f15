"""The tables of resources: every module of the roles is known, and nothing secret is shown."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Kind
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.registry import (
    is_known,
    kind_of,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.tables import KINDS

ROOT = Path(__file__).parents[2]
MODULE = re.compile(r"^\s*(?:- )?((?:amazon|community|groundwork)\.aws\.\w+):", re.M)


def modules_in_use() -> set[str]:
    return {
        name
        for folder in ("roles", "playbooks")
        for path in (ROOT / folder).rglob("*.yml")
        for name in MODULE.findall(path.read_text())
    }


@pytest.mark.parametrize("module", sorted(modules_in_use()))
def test_every_module_of_the_roles_is_in_a_table(module):
    assert is_known(module), (
        f"{module}: add it to a table in plugin_utils/resources/, or to HELPERS in registry.py"
    )


def test_the_tables_name_modules_that_exist():
    for module in KINDS:
        assert importlib.util.find_spec(path_of(module)), module


def path_of(module: str) -> str:
    collection, _, name = module.rpartition(".")
    return f"ansible_collections.{collection}.plugins.modules.{name}"


def hidden_options(source: str) -> set[str]:
    """Names of the options that a module's source declares with no_log: true."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        pairs: list[tuple[str, ast.expr]] = []
        if isinstance(node, ast.Dict):
            pairs = [
                (key.value, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            ]
        elif isinstance(node, ast.Call):
            pairs = [(word.arg, word.value) for word in node.keywords if word.arg]
        found |= {name for name, value in pairs if is_hidden(value)}
    return found


def is_hidden(option: ast.expr) -> bool:
    if isinstance(option, ast.Call):
        return any(w.arg == "no_log" and is_true(w.value) for w in option.keywords)
    if isinstance(option, ast.Dict):
        return any(
            isinstance(key, ast.Constant) and key.value == "no_log" and is_true(value)
            for key, value in zip(option.keys, option.values, strict=True)
        )
    return False


def is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


@pytest.mark.parametrize("module", sorted(KINDS))
def test_what_a_module_hides_is_hidden_in_a_plan(module):
    origin = importlib.util.find_spec(path_of(module)).origin
    shown = {
        name
        for name in hidden_options(Path(origin).read_text())
        if not KINDS[module].is_sensitive(name)
    }
    assert shown == set()


def test_the_search_for_hidden_options_finds_some():
    source = 'dict(password=dict(type="str", no_log=True))\n{"token": {"no_log": True}}'
    assert hidden_options(source) == {"password", "token"}


@pytest.mark.parametrize(
    "name", ["master_user_password", "secret", "json_secret", "auth_token", "key_material"]
)
def test_secrets_are_hidden_whatever_the_module(name):
    assert Kind("anything").is_sensitive(name)


@pytest.mark.parametrize("name", ["key_name", "kms_key_id", "auth_secret_id", "cidr_block"])
def test_what_is_no_secret_is_shown(name):
    assert not Kind("anything").is_sensitive(name)


@pytest.mark.parametrize(
    "module",
    ["amazon.aws.ec2_vpc_net_info", "groundwork.aws.state_objects", "ansible.builtin.file"],
)
def test_what_manages_nothing_has_no_kind(module):
    assert kind_of(module) is None


def test_a_module_that_no_table_knows_is_shown_all_the_same():
    assert kind_of("amazon.aws.sqs_queue").type == "sqs_queue"
