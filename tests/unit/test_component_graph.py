"""Which component needs which is declared as the roles read it, and the tiers respect it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.groundwork.aws.plugins.filter.graph import (
    blocked,
    dependants,
    failure_reason,
    resource_line,
    unmet,
    with_dependants,
    with_needs,
)

ROOT = Path(__file__).parents[2]
NEEDS = yaml.safe_load((ROOT / "group_vars/components.yml").read_text())["role_needs"]
# Those by choice, which stand in a comment, are components too.
CHOICE = re.compile(r"^( +)# (\w+:(?: \{.*\})?)$", re.M)
ARCHITECTURE = CHOICE.sub(r"\1\2", (ROOT / "inventories/qa/components.yml").read_text())
TIERS = yaml.safe_load(ARCHITECTURE)["components"]["children"]
#: components whose outputs a role reads as far as the environment has them
WATCHED = re.compile(r"_\w+_watched: .*?\[(.*?)\] \| intersect\(groups\.components\)")
OUTPUTS = re.compile(r"hostvars(?:\.|\[')(\w+)(?:'\])?\.outputs")
#: names given to others without an output: how roles write them, and whose they are
NAMES = {
    "[resource_prefix, 'instance'] | groundwork.aws.resource_name('role')": "identity",
    "[resource_prefix, 'ci'] | groundwork.aws.resource_name('role')": "identity",
    "[resource_prefix, 'access-logs', aws_account_id]": "access_logs",
    "{{ secret_prefix }}/cache": "secrets",
    "{{ secret_prefix }}/database": "secrets",
}
SHARED = {
    name: str(value)
    for path in ("group_vars/all.yml", "inventories/qa/group_vars/all/application.yml")
    for name, value in yaml.safe_load((ROOT / path).read_text()).items()
}


def components() -> dict[str, str]:
    """Role of each component."""
    return {
        host: (variables or {}).get("component_role", host)
        for tier, group in TIERS.items()
        if tier != "awaited"
        for host, variables in group["hosts"].items()
    }


def read_by(role: str) -> set[str]:
    """Components whose outputs or names the role reads, also through variables that all share."""
    folder = ROOT / "roles" / role
    text = "".join(
        path.read_text()
        for part in ("defaults", "vars", "tasks")
        for path in (folder / part).glob("*.yml")
        if path.name != "absent.yml"
    )
    text += "".join(value for name, value in SHARED.items() if re.search(rf"\b{name}\b", text))
    read = set(OUTPUTS.findall(text)) | {owner for name, owner in NAMES.items() if name in text}
    for names in WATCHED.findall(text):
        read |= set(re.findall(r"\w+", names))
    return read - {name for name, its_role in components().items() if its_role == role}


@pytest.mark.parametrize("role", sorted(set(components().values())))
def test_a_role_needs_what_it_reads(role):
    assert set(NEEDS.get(role, [])) == read_by(role)


def test_needs_are_components():
    for role, needs in NEEDS.items():
        assert role in components().values()
        assert set(needs) <= components().keys()


def test_what_is_needed_stands_in_an_earlier_tier():
    tier_of = {
        host: number
        for number, (tier, group) in enumerate(TIERS.items())
        if tier != "awaited"
        for host in group["hosts"]
    }
    for component, role in components().items():
        for needed in NEEDS.get(role, []):
            assert tier_of[needed] < tier_of[component], f"{component} needs {needed}"


GRAPH = {
    "database": ["network", "state"],
    "cache": ["network", "state"],
    "records": ["database", "state"],
    "network": ["state"],
    "state": [],
}


def test_dependants_are_those_that_name_it():
    assert dependants(GRAPH, "network") == ["cache", "database"]
    assert dependants(GRAPH, "records") == []


def test_only_what_is_there_and_stays_blocks():
    assert blocked(GRAPH, ["network"], ["database", "network"]) == {"network": ["database"]}
    assert blocked(GRAPH, ["network", "database"], ["database", "network"]) == {}
    assert blocked(GRAPH, ["network"], ["network", "state"]) == {}


def test_what_goes_together_is_followed_to_the_end():
    there = ["database", "records", "network", "state"]
    assert with_dependants(GRAPH, ["network"], there) == ["database", "network", "records"]


def test_a_loops_failures_are_said_once_each():
    items = [{"failed": True, "msg": "a"}, {"msg": "fine"}, {"failed": True, "msg": "a"}]
    assert failure_reason({"msg": "One or more items failed", "results": items}) == "a"
    assert failure_reason({"msg": "alone"}) == "alone"


def test_a_resource_in_a_line():
    vpc = {"type": "ec2:vpc", "id": "vpc-1", "name": "shop", "component": "network"}
    assert resource_line({**vpc, "state": "present"}) == "ec2:vpc vpc-1 (shop) of network"
    key = {"type": "kms:key", "id": "4f", "name": "4f", "component": ""}
    pending = {**key, "state": "pending deletion until 2026-12-01"}
    assert resource_line(pending) == "kms:key 4f of no component, pending deletion until 2026-12-01"


def test_what_a_component_needs_is_there_or_goes_along():
    graph = {"network": [], "groups": ["network"], "database": ["groups", "keys"], "keys": []}
    assert unmet(graph, ["network", "groups"], []) == {}
    assert unmet(graph, ["database"], ["groups"]) == {"database": ["keys"]}
    assert unmet(graph, ["database", "groups"], []) == {"database": ["keys"], "groups": ["network"]}
    assert with_needs(graph, ["database"], []) == ["database", "groups", "keys", "network"]
    assert with_needs(graph, ["database"], ["groups"]) == ["database", "keys"]
