"""The rules themselves: limits fit the roles, and options the playbooks."""

from __future__ import annotations

import re
import sys

import judged
import pytest
import yaml
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import knowledge
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import nearest
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.formats import FORMATS
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.rule import check

sys.path.insert(0, str(judged.ROOT / "scripts"))
from pages import words  # noqa: E402

ROLES = judged.ROOT / "roles"
KNOWN = knowledge.load(ROLES, ROLES / "preflight/rules")
LIMITS = sorted(path.parents[1].name for path in ROLES.glob("*/meta/limits.yml"))
WORDS = {
    "type", "choices", "min", "max", "pattern", "called", "example", "format", "required", "empty",
    "none",
    "elements", "unique", "keys", "names", "values", "hint", "quoted", "secret", "text",
    "like",
}  # fmt: skip


def nested(rule: dict):
    yield rule
    inner = [rule.get("names"), rule.get("values"), rule.get("elements")]
    for item in [*inner, *(rule.get("keys") or {}).values()]:
        if isinstance(item, dict):
            yield from nested(item)


@pytest.mark.parametrize("role", LIMITS)
def test_limits_are_of_options_that_the_role_has(role):
    spec = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())["argument_specs"]
    options = {name for entry in spec.values() for name in entry.get("options", {})}
    assert set(yaml.safe_load((ROLES / role / "meta/limits.yml").read_text())) <= options


def test_rules_are_written_in_words_that_are_understood():
    written = [knowledge.load_yaml(ROLES / role / "meta/limits.yml") for role in LIMITS]
    for page in [*written, KNOWN.project]:
        for name, rule in page.items():
            for part in nested(rule):
                assert set(part) - {"file", "description", "default"} <= WORDS, name
                assert part.get("format", "cidr") in FORMATS, name
                re.compile(part.get("pattern", ""))
                assert "pattern" not in part or {"called", "example"} <= set(part), name


# What may be any text: words for people, commands, files that are looked for (machine.py).
ANYTHING = {
    "app_source", "build_sbom_directory", "build_source", "command", "compose_deploy_command",
    "database_restore_snapshot", "database_restore_time", "grep", "lock_name", "lock_operation",
    "lock_reason", "logs_error_pattern", "migration_files", "migration_none_pending",
    "plan_file", "proxy_maintenance_page", "reason", "release_reason", "release_who", "sbom",
    "ssh_key",
}  # fmt: skip
# Made by the project's own files, or held against what there is (tags: checks/identity.py).
MADE = {
    "app_cache_endpoint", "app_database_endpoint", "app_database_instance", "component",
    "component_role", "component_tags", "destroy", "destroy_protected", "extra_tags", "keep",
    "kept_resources", "known_after_apply", "orphans", "outputs", "recalled_outputs",
    "registry_host", "resource_prefix", "resource_tags", "service", "watched_backup_vault",
}  # fmt: skip
# One of these says what a value of its type may be.
SHAPES = {
    "bool": {"type"},
    "dict": {"keys", "names", "values"},
    "float": {"min", "choices"},
    "int": {"min", "choices"},
    "list": {"elements"},
    "path": {"pattern", "format"},
    "str": {"pattern", "format", "choices"},
}


def test_every_variable_says_what_it_may_be():
    rules = {name: KNOWN.rule(name) for name in KNOWN.names} | KNOWN.options
    free = {
        name
        for name, rule in rules.items()
        if not SHAPES.get(rule.get("type", "raw"), set()) & rule.keys()
        or not isinstance(rule.get("elements", {}), dict)
    }
    assert free == ANYTHING | MADE


def test_every_form_of_a_value_has_its_words_in_the_pages():
    assert set(words.FORMATS) == set(FORMATS)


@pytest.mark.parametrize("role", sorted(KNOWN.roles))
def test_a_roles_defaults_obey_its_rules(role):
    for name, rule in KNOWN.roles[role].options.items():
        default = rule.get("default")
        if default is not None and "{{" not in str(default):
            assert list(check(rule, default)) == [], name


def test_examples_obey_their_rules():
    for name in KNOWN.names:
        for rule in nested(KNOWN.rule(name) or {}):
            if "example" in rule and "pattern" in rule:
                example = yaml.safe_load(str(rule["example"]))
                example = example[0] if isinstance(example, list) else example
                assert re.fullmatch(rule["pattern"], str(example)), (name, example)


def test_every_option_in_a_playbooks_head_is_known():
    for path in [*judged.ROOT.glob("playbooks/*.yml"), judged.ROOT / "site.yml"]:
        head = [line for line in path.read_text().splitlines() if line.startswith("#")]
        for name in re.findall(r"-e ['{\"]*([a-z_]+)\"?[=:]", "\n".join(head)):
            assert name in KNOWN.options or name in KNOWN.names, f"{path.name}: {name}"


def test_every_verb_says_what_it_needs():
    for path in judged.ROOT.glob("playbooks/*.yml"):
        for name in re.findall(r"operation: (\w+)", path.read_text()):
            assert name in KNOWN.operations, path.name


def test_the_tiers_are_those_that_provision_converges():
    provision = (judged.ROOT / "playbooks/provision.yml").read_text()
    converged = re.findall(r"tier: (\w+), entry: present", provision)
    assert converged == KNOWN.tiers


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("instances_cuont", "instances_count"),
        ("databse_storage", "database_storage"),
        ("aws_acount_id", "aws_account_id"),
        ("database_colour", None),
        ("favourite", None),
    ],
)
def test_the_nearest_name_is_the_one_that_was_meant(word, near):
    assert nearest(word, KNOWN.names) == near


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("cidr", ["10.20.0.0/16"], ["10.20.0.0", "10.20.0.1/16", "10.20/16", "x/8", "fd00::/8"]),
        ("any_cidr", ["203.0.113.0/24", "2001:db8::/32"], ["203.0.113.0", "203.0.113.1/24"]),
        ("domain", ["a.example.com", "x1-y.example"], ["example", "-a.b", "a..b", "A.b", "a_b.c"]),
        (
            "daily_window",
            ["02:00-03:00", "23:45-00:30"],
            ["2:00-3:00", "25:00-26:00", "02:00-02:10"],
        ),
        ("weekly_window", ["sun:04:00-sun:05:00", "sun:23:45-mon:00:30"], ["son:04:00-sun:05:00"]),
    ],
)
def test_forms(form, good, bad):
    assert [text for text in good if FORMATS[form](text)] == []
    assert [text for text in bad if not FORMATS[form](text)] == []


def test_a_number_that_is_often_typed_on_a_command_line_may_be_text():
    rule = {"type": "int", "text": True, "max": 100}
    assert list(check(rule, "2")) == []
    assert [problem.says for problem in check(rule, "two")] == [
        "is text ('two'), must be a whole number"
    ]
    assert len(list(check(rule, "200"))) == 1
