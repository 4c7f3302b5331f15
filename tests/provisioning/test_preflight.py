"""Bad inventories, commands and machines: one message, no change, no traceback."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, Account, Run

pytestmark = pytest.mark.slow

SIZES, IDENTITY = "group_vars/all/sizes.yml", "group_vars/all/environment.yml"


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    target = tmp_path / "inventories" / "qa"
    shutil.copytree(ROOT / "inventories" / "qa", target)
    return target


def refused(account: Account, folder: Path, *arguments: str, playbook: str = "provision") -> str:
    """Run on an inventory that is refused; gives the output on one line."""
    run = account.play(playbook, os.path.relpath(folder, ROOT / "inventories"), *arguments)
    return said(run)


def said(run: Run) -> str:
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert run.mutating == []
    return " ".join(run.output.split())


def append(page: Path, text: str) -> int:
    """Add text to a file; the number of its last line."""
    whole = f"{page.read_text()}{text}\n"
    page.write_text(whole)
    return len(whole.splitlines())


def test_all_mistakes_are_told_at_once(account, inventory, monkeypatch):
    """Of the files, the command line, the shell, the machine and the account."""
    append(inventory / SIZES, "instance_count: 2\ndatabase_engine_version: '15.x'")
    line = append(inventory / SIZES, "network_zone_letters: [a, z]")
    append(inventory / IDENTITY, "relase: qa-1")
    monkeypatch.setitem(account.environment, "AWS_REGION", "eu-west-1")
    monkeypatch.setitem(account.environment, "GROUNDWORK_SSH_KEY", "/nowhere/key")
    given = ("--limit", "network,databse", "-e", "logs_retention=soon")
    text = refused(account, inventory, *given, playbook="../site")
    assert "9 things are wrong with" in text, text
    for wanted in ("database_engine_version", "relase", "logs_retention"):
        assert f"{wanted}:" in text
    assert "Write instances_count." in text
    assert f"line {line}, network_zone_letters: asks for the zones a, z, us-east-1 has only" in text
    assert "--limit: names databse, which there is not. -> Write database." in text
    assert "AWS_REGION: is eu-west-1 in your shell" in text
    assert "GROUNDWORK_SSH_KEY: names /nowhere/key" in text


def test_an_expression_that_cannot_be_evaluated_is_no_traceback_in_a_plan_either(
    account, inventory
):
    page = inventory / IDENTITY
    page.write_text(page.read_text().replace("aws_region: us-east-1", 'aws_region: "{{ regoin }}"'))
    text = refused(account, inventory, "--check", "--diff")
    assert "environment.yml line 4, aws_region: cannot be evaluated: 'regoin' is undefined" in text


def test_a_file_that_is_no_yaml_is_named_with_its_line(account, inventory):
    line = append(inventory / SIZES, "network_zone_letters: [a, b")
    text = refused(account, inventory)
    # In the last word too: what callbacks meet before is a warning.
    assert f"sizes.yml:{line + 1}: YAML parsing failed" in text.rpartition("[ERROR]")[2]


def test_a_key_that_stands_twice_is_named_with_its_line(account, inventory):
    line = append(inventory / SIZES, "logs_retention: 7")
    text = refused(account, inventory)
    assert f"sizes.yml:{line}: YAML parsing failed: Found duplicate mapping key" in text


def test_an_architecture_that_cannot_be_read_stops_the_run(account, inventory):
    page = inventory / "components.yml"
    lines = len(page.read_text().splitlines())
    append(page, "  nonsense")
    text = refused(account, inventory)
    # Where it is found: at the end of the file, one line after what was written.
    assert f"components.yml line {lines + 2}" in text
    assert "Correct the file" in text


def test_an_inventory_that_does_not_exist(account):
    text = said(account.play("provision", "qaa"))
    assert "the environment: inventories/qaa does not exist" in text
    assert "Write -i inventories/qa." in text


def test_two_inventories_at_once(account):
    text = said(account.play("provision", "qa", "-i", "inventories/prod"))
    assert "2 were given at once" in text


def test_no_inventory_at_all(account):
    account.environment["ANSIBLE_INVENTORY"] = "/etc/ansible/hosts"
    text = said(account.play("provision", "../playbooks"))
    account.environment.pop("ANSIBLE_INVENTORY")
    assert "Write -i inventories/prod or -i inventories/qa." in text


@pytest.mark.parametrize("env", ["qa", "prod"])
def test_the_inventories_pass_quickly(account, env):
    run = account.succeed("preflight", env)
    assert f"Nothing is wrong with milky-way-admin-panel {env}" in run.output
    assert [call["action"] for call in run.calls if call["service"] != "ec2"] == [
        "GetCallerIdentity"
    ]


def test_a_third_environment_passes(account, tmp_path):
    target = tmp_path / "inventories" / "staging"
    shutil.copytree(ROOT / "inventories" / "qa", target)
    for page, old, new in (
        (IDENTITY, "env: qa", "env: staging"),
        (IDENTITY, "qa.{{", "staging.{{"),
        ("aws_ec2.yml", "Environment: qa", "Environment: staging"),
    ):
        path = target / page
        path.write_text(path.read_text().replace(old, new))
    account.succeed("preflight", os.path.relpath(target, ROOT / "inventories"))


@pytest.mark.parametrize("env", ["qa", "prod"])
def test_what_a_month_costs_is_told_without_asking_aws(account, env):
    run = account.succeed("cost", env)
    assert "Together" in run.output and "database" in run.output
    assert [call for call in run.calls if call["service"] != "ec2"] == []


def test_at_todays_prices_awss_price_list_is_asked_and_nothing_else(account):
    run = account.succeed("cost", "qa", "-e", "prices=live")
    assert "live are 19 of AWS" in run.output
    assert {call["action"] for call in run.calls if call["service"] != "ec2"} == {"GetProducts"}
    assert run.mutating == []
