"""What must stop before the first change does, with a message that says what to do."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_another_account_than_the_inventorys_is_refused(account):
    run = account.play("provision", "qa", "-e", "aws_account_id=999999999999")
    assert run.code != 0
    assert "belong to account 123456789012" in " ".join(run.output.split())
    assert "correct it in inventories/qa/group_vars/all/" in " ".join(run.output.split())
    assert run.mutating == []


def test_an_endpoint_that_does_not_answer_is_named(account):
    account.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    try:
        run = account.play("provision", "qa")
    finally:
        account.environment["AWS_ENDPOINT_URL"] = account.url
    assert run.code != 0
    assert "Start what listens at http://127.0.0.1:9" in " ".join(run.output.split())
    assert "Traceback" not in run.output


@pytest.mark.parametrize("arguments", [("--check",), ()], ids=["plan", "run"])
def test_without_what_it_needs_a_component_is_neither_planned_nor_made(account, arguments):
    run = account.play("provision", "qa", "--limit", "database,security_groups", *arguments)
    assert run.code != 0
    said = " ".join(run.output.split())
    assert "database needs keys, network, secrets; security_groups needs network" in said
    assert "Type --limit database,keys,network,secrets,security_groups, or no --limit" in said
    assert run.mutating == []


def test_destroy_of_a_protected_environment_is_refused(account):
    run = account.play("destroy", "prod", "-e", "destroy=prod")
    assert run.code != 0
    assert "prod is protected" in run.output
    assert run.mutating == []


def test_what_has_the_name_already_is_taken_over_as_the_plan_says(account):
    name = "/milky-way-admin-panel/qa/api"
    logs = account.client("logs")
    logs.create_log_group(logGroupName=name, tags={"Terraform": "true"})
    plan = account.play("provision", "qa", "--limit", "logs", "--check", "--diff")
    planned = plan.plan["components"]["logs"]["update"]
    assert [one["name"] for one in planned] == [name]
    assert "tags.Terraform" in {change["property"] for change in planned[0]["changes"]}
    assert account.play("provision", "qa", "--limit", "logs").code == 0
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [group["retentionInDays"] for group in found] == [30]
    tags = logs.list_tags_for_resource(resourceArn=found[0]["arn"].removesuffix(":*"))["tags"]
    assert tags["ManagedBy"] == "ansible" and "Terraform" not in tags
