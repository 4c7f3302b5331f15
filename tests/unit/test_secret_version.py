"""A secret is rotated in two steps, and a run that was cut off goes on."""

import json

import boto3
import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.groundwork.aws.plugins.modules import secret_version
from moto import mock_aws

NAME = "shop/qa/database"


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFIXTUREOFUNITTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-fixture-and-no-key-of-anybody")
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="us-east-1")
        client.create_secret(Name=NAME, SecretString='{"username": "app", "password": "old-one"}')
        yield client


@pytest.fixture
def step(store, capsys):
    """A function that takes one step; gives the module's answer."""

    def take(state: str, check: bool = False, **given) -> dict:
        given = {"alternate": "username", "generate": ["password"], **given}
        arguments = {"name": NAME, "state": state, "region": "us-east-1", **given}
        with (
            patch_module_args({**arguments, "_ansible_check_mode": check}),
            pytest.raises(SystemExit),
        ):
            secret_version.main()
        return json.loads(capsys.readouterr().out)

    return take


def fields(store, stage: str = "AWSCURRENT") -> dict:
    answer = store.get_secret_value(SecretId=NAME, VersionStage=stage)
    return json.loads(answer["SecretString"])


def test_a_pending_version_leaves_the_current_one_alone(store, step):
    told = step("pending")
    assert told["changed"]
    assert fields(store) == {"username": "app", "password": "old-one"}
    pending = fields(store, "AWSPENDING")
    assert pending["username"] == "app_clone"
    assert len(pending["password"]) == 40
    assert pending["password"] not in json.dumps(told)


def test_a_run_that_was_cut_off_goes_on_with_what_is_pending(store, step):
    first = step("pending")
    again = step("pending")
    assert (again["changed"], again["version_id"]) == (False, first["version_id"])


def test_the_pending_version_becomes_current_and_the_next_one_alternates(store, step):
    version = step("pending")["version_id"]
    told = step("current")
    assert (told["changed"], told["version_id"]) == (True, version)
    assert fields(store)["username"] == "app_clone"
    assert not step("current")["changed"]
    assert step("pending")["changed"]
    assert fields(store, "AWSPENDING")["username"] == "app"


def test_a_plan_changes_nothing(store, step):
    assert step("pending", check=True)["changed"]
    assert "AWSPENDING" not in str(store.describe_secret(SecretId=NAME)["VersionIdsToStages"])
    step("pending")
    assert step("current", check=True)["changed"]
    assert fields(store)["username"] == "app"


def test_a_field_that_is_missing_is_named(step):
    assert "no field 'token'" in step("pending", generate=["token"])["msg"]


def test_a_secret_that_is_no_object_is_refused(store, step):
    store.put_secret_value(SecretId=NAME, SecretString="old-one")
    told = step("pending")
    assert "is no JSON object" in told["msg"]
    assert "old-one" not in json.dumps(told)
