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


def test_a_component_needs_what_was_never_made(account):
    run = account.play("provision", "qa", "--limit", "security_groups")
    assert run.code != 0
    assert "has not published what this one needs" in " ".join(run.output.split())
    assert set(run.mutating) <= {"dynamodb.CreateTable"}  # of the lock


def test_destroy_of_a_protected_environment_is_refused(account):
    run = account.play("destroy", "prod", "-e", "destroy=prod")
    assert run.code != 0
    assert "prod is protected" in run.output
    assert run.mutating == []
