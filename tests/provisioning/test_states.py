"""Half-made environments: the plan equals the change.

From empty: test_lifecycle.py; drifted: test_drift.py.
"""

from __future__ import annotations

import json
from functools import partial

import pytest
from deletions import delete_some
from drifts.found import PREFIX
from permissions import lacking
from resource_sets import changed_by, mismatches

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(account):
    """One environment: a component of it; a tier of it, with holes; the whole."""

    provision = partial(account.succeed, "provision", "qa")
    found = {"alone": (provision("--limit", "logs", "--check"), provision("--limit", "logs"))}
    provision("--limit", "foundation")
    found["deleted"] = delete_some(account.client)
    found["half-made"] = provision("--check"), provision()
    for state, chosen in (("many NAT gateways", True), ("one NAT gateway", False)):
        given = ("--limit", "network", "-e", json.dumps({"network_nat_per_zone": chosen}))
        found[state] = provision(*given, "--check"), provision(*given)
    given = ("--limit", "secrets", "-e", json.dumps(GIVEN))
    found["values before"] = values(account)
    found["a value given"] = provision(*given, "--check"), provision(*given)
    found["values after"] = values(account)
    found["given again"] = provision(*given)
    return found


def values(account) -> dict[str, dict[str, str]]:
    """The fields of the secrets that are changed."""
    client = account.client("secretsmanager")
    texts = {
        name: client.get_secret_value(SecretId=f"{SECRETS}/{name}") for name in ("oauth", "jwt")
    }
    return {name: json.loads(found["SecretString"]) for name, found in texts.items()}


STATES = ["alone", "half-made", "many NAT gateways", "one NAT gateway", "a value given"]
SECRETS = "milky-way-admin-panel/qa"
# One field's value, and a field that the secret has not.
GIVEN = {
    "secret_store_values": {"oauth": {"client_id": "given"}},
    "secret_store_secrets": {
        "database": {"username": "app", "password": "generate"},
        "cache": {"token": "generate"},
        "oauth": {"client_id": "generate", "client_secret": "generate"},
        "jwt": {"key": "generate", "next": "generate"},
    },
}


@pytest.mark.parametrize("state", STATES)
def test_what_the_plan_announces_is_what_the_run_changes(runs, state):
    announced, done = (changed_by(run.plan) for run in runs[state])
    assert mismatches(announced, done) == []


@pytest.mark.parametrize("state", STATES)
def test_a_plan_changes_nothing(runs, state):
    assert runs[state][0].mutating == []


def test_a_component_that_needs_nothing_is_made_before_there_is_a_state(runs):
    plan, run = runs["alone"]
    groups = [name for kind, name in changed_by(plan.plan) if kind == "log_group"]
    assert len(groups) == 3
    assert "is kept nowhere: the state bucket" in " ".join(run.output.split())


def test_what_was_deleted_by_hand_is_made_again(runs):
    announced = changed_by(runs["half-made"][0].plan)
    made = {key for key, item in announced.items() if item["action"] == "create"}
    assert runs["deleted"] <= made


def test_what_stood_is_not_made_again(runs):
    announced = changed_by(runs["half-made"][0].plan)
    assert ("vpc", "milky-way-admin-panel-qa") not in announced
    table = announced["route_table", "milky-way-admin-panel-qa-private"]
    assert table["action"] == "update"
    assert {change["property"] for change in table["changes"]} == {"routes", "subnets"}


def test_what_another_number_of_nat_gateways_leaves_is_deleted(runs, account):
    def changed(state: str, action: str) -> set[tuple[str, str]]:
        items = changed_by(runs[state][1].plan).items()
        return {
            (kind, name.removeprefix(PREFIX))
            for (kind, name), one in items
            if one["action"] == action
        }

    tables = {("route_table", "-private-a"), ("route_table", "-private-b")}
    second = {("nat_gateway", "-nat-b"), ("elastic_ip", "-nat-b")}
    assert changed("many NAT gateways", "create") == tables | second
    assert changed("many NAT gateways", "delete") == {("route_table", "-private")}
    assert changed("one NAT gateway", "create") == {("route_table", "-private")}
    assert changed("one NAT gateway", "delete") == tables | second


def test_a_given_value_changes_no_other_and_a_new_field_is_added(runs):
    before, after = runs["values before"], runs["values after"]
    assert after["oauth"] == {**before["oauth"], "client_id": "given"}
    assert after["jwt"] == {**before["jwt"], "next": after["jwt"]["next"]}
    assert len(after["jwt"]["next"]) == 40
    assert set(changed_by(runs["a value given"][1].plan)) == {
        ("secret", f"{SECRETS}/{name}") for name in after
    }
    assert runs["given again"].changed == {} and runs["given again"].mutating == []


def test_a_secret_comes_back_after_its_deletion_and_so_does_its_value_before(runs, account):
    store, name = account.client("secretsmanager"), f"{SECRETS}/jwt"
    before = store.get_secret_value(SecretId=name)
    store.delete_secret(SecretId=name)
    store.restore_secret(SecretId=name)
    given = ("--limit", "secrets", "-e", json.dumps(GIVEN))
    assert changed_by(account.succeed("provision", "qa", *given, "--check").plan) == {}
    wrong = store.put_secret_value(SecretId=name, SecretString="{}")["VersionId"]
    store.update_secret_version_stage(
        SecretId=name,
        VersionStage="AWSCURRENT",
        MoveToVersionId=before["VersionId"],
        RemoveFromVersionId=wrong,
    )
    assert store.get_secret_value(SecretId=name)["SecretString"] == before["SecretString"]


def test_each_subnet_keeps_its_way_out(runs, account):
    tables = account.client("ec2").describe_route_tables()["RouteTables"]
    held = {
        tag["Value"].removeprefix(PREFIX): len(table["Associations"])
        for table in tables
        for tag in table["Tags"]
        if tag["Key"] == "Name"
    }
    assert held == {"-public": 2, "-private": 2}


def test_operators_policies_allow_all_that_repairs_it(account, runs):
    missing = lacking(account, "qa")
    assert missing == "", missing
