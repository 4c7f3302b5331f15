"""What every role and inventory of the tree has in common."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())
INVENTORIES = [ROOT / "inventories" / env for env in ("qa", "prod")]


def load(path: Path):
    return yaml.safe_load(path.read_text()) or {}


def specs(role: Path) -> dict:
    return load(role / "meta" / "argument_specs.yml")["argument_specs"]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_roles_options_are_its_defaults(role):
    defaults = load(role / "defaults" / "main.yml")
    documented = {}
    for entry in specs(role).values():
        documented.update(entry.get("options", {}))
    assert {name: option.get("default") for name, option in documented.items()} == defaults


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_roles_options_are_named_after_it_and_described(role):
    for entry in specs(role).values():
        for name, option in entry.get("options", {}).items():
            assert name.startswith(f"{role.name}_"), name
            assert option.get("description") and option.get("type"), name


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_has_a_page(role):
    assert (role / "README.md").read_text().startswith(f"# {role.name}")


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_what_a_role_registers_is_internal_to_it(role):
    for path in (role / "tasks").glob("*.yml"):
        for name in re.findall(r"^\s+register: (\S+)", path.read_text(), re.M):
            assert name.startswith(f"_{role.name}_"), f"{path}: {name}"


def test_every_component_has_a_role():
    components = load(INVENTORIES[0] / "components.yml")["components"]["children"]
    for tier, group in components.items():
        if tier == "awaited":
            continue
        for host, variables in group["hosts"].items():
            role = (variables or {}).get("component_role", host)
            assert (ROOT / "roles" / role / "tasks" / "present.yml").is_file(), host
            assert (ROOT / "roles" / role / "tasks" / "absent.yml").is_file(), host


def test_what_is_awaited_is_what_can_be_waited_for():
    components = load(INVENTORIES[0] / "components.yml")["components"]["children"]
    awaited = set(components.pop("awaited")["hosts"])
    able = {
        host
        for group in components.values()
        for host, variables in group["hosts"].items()
        for role in [(variables or {}).get("component_role", host)]
        if (ROOT / "roles" / role / "tasks" / "ready.yml").is_file()
    }
    assert awaited == able


def test_environments_have_the_same_files_and_the_same_architecture():
    files = [
        {path.relative_to(env) for path in env.rglob("*") if path.is_file()} for env in INVENTORIES
    ]
    assert files[0] == files[1]
    qa, prod = (load(env / "components.yml") for env in INVENTORIES)
    assert qa == prod


def test_environments_answer_the_same_questions():
    for name in ("environment.yml", "sizes.yml", "application.yml"):
        qa, prod = (load(env / "group_vars" / "all" / name) for env in INVENTORIES)
        assert qa.keys() == prod.keys()


def test_networks_do_not_overlap():
    import ipaddress

    qa, prod = (
        ipaddress.ip_network(load(env / "group_vars/all/sizes.yml")["network_cidr"])
        for env in INVENTORIES
    )
    assert not qa.overlaps(prod)


def test_collections_are_pinned_as_the_ansible_package_carries_them():
    pinned = {
        item["name"]: item["version"]
        for item in load(ROOT / "collections" / "requirements.yml")["collections"]
    }
    package = Path(str(importlib.metadata.distribution("ansible").locate_file("")))
    for name, version in pinned.items():
        manifest = package / "ansible_collections" / name.replace(".", "/") / "MANIFEST.json"
        carried = json.loads(manifest.read_text())["collection_info"]["version"]
        assert version == carried, name


def test_every_collection_in_use_is_pinned():
    pinned = {i["name"] for i in load(ROOT / "collections" / "requirements.yml")["collections"]}
    used = set()
    for folder in ("roles", "playbooks"):
        for path in (ROOT / folder).rglob("*.yml"):
            text = path.read_text()
            used |= set(re.findall(r"^\s+((?:amazon|community|ansible)\.\w+)\.\w+:", text, re.M))
            used |= {
                ".".join(name.split(".")[:2])
                for name in re.findall(r"lookup\('([a-z_.]+)'", text)
                if name.count(".") == 2
            }
    assert used - {"ansible.builtin", "groundwork.aws"} <= pinned


def test_what_others_cannot_plan_is_planned_by_our_modules():
    forbidden = (
        "community.aws.elb_target",
        "amazon.aws.s3_bucket:",
        "community.aws.s3_lifecycle",
        "amazon.aws.cloudwatchlogs_log_group:",
    )
    for path in (ROOT / "roles").rglob("*.yml"):
        for name in forbidden:
            assert name not in path.read_text(), f"{path} uses {name}, which cannot be planned"


def test_the_pages_of_the_roles_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "scripts/docs", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_components_are_on_the_warm_connection():
    # Nothing else fails without it: a run only takes four times the processor.
    variables = load(ROOT / "group_vars" / "components.yml")
    assert variables["ansible_connection"] == "groundwork.aws.warm"


def test_the_execution_environment_has_the_versions_that_are_tested():
    given = load(ROOT / "execution-environment.yml")["dependencies"]
    pinned = set(re.findall(r"^([\w-]+==[\w.]+)", (ROOT / "requirements.txt").read_text(), re.M))
    asked = [given["ansible_core"]["package_pip"], *given["python"]]
    assert set(asked) <= pinned
    names = {one.partition("==")[0] for one in asked}
    assert {"ansible-core", *(ROOT / "requirements.in").read_text().split()} - {"ansible"} <= names
    assert given["galaxy"] == "collections/requirements.yml"
