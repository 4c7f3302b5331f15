"""The account's public access block of S3, which no emulator answers: its API is stubbed."""

from __future__ import annotations

from types import SimpleNamespace

import boto3
import pytest
from ansible_collections.groundwork.aws.plugins.modules.account_settings import BLOCKS, Settings
from botocore.stub import Stubber

ACCOUNT = {"AccountId": "123456789012"}
ALL = {"PublicAccessBlockConfiguration": dict.fromkeys(BLOCKS, True)}
NONE = "NoSuchPublicAccessBlockConfiguration"


@pytest.fixture
def s3():
    client = boto3.client(
        "s3control",
        region_name="us-east-1",
        aws_access_key_id="AKIAGROUNDWORKTESTS0",
        aws_secret_access_key="not-a-secret-not-a-secret-not-a-secret-0",
    )
    with Stubber(client) as stub:
        yield SimpleNamespace(client=client, stub=stub)
        stub.assert_no_pending_responses()


@pytest.fixture
def run(s3):
    """A function that runs the module on the stub; what it returns."""

    def ran(state: str = "present", check: bool = False) -> dict:
        told: dict = {}

        class Ended(Exception):
            pass

        def end(**result):
            told.update(result)
            raise Ended

        others = ("disk_encryption", "snapshot_sharing", "image_sharing", "metadata_tokens")
        module = SimpleNamespace(
            params={
                **dict.fromkeys((*others, "password_policy")),
                "account_id": ACCOUNT["AccountId"],
                "bucket_access_block": True,
                "state": state,
            },
            check_mode=check,
            client=lambda service, **_: s3.client,
            exit_json=end,
            _name="account_settings",
        )
        with pytest.raises(Ended):
            Settings(module).run()
        return told

    return ran


def test_an_account_without_a_block_gets_one(s3, run):
    s3.stub.add_client_error("get_public_access_block", NONE, expected_params=ACCOUNT)
    s3.stub.add_response("put_public_access_block", {}, ACCOUNT | ALL)
    s3.stub.add_response("get_public_access_block", ALL, ACCOUNT)
    told = run()
    assert told["changed"] and told["diff"]["before"] == {"bucket_access_block": False}


def test_a_plan_only_announces_it(s3, run):
    s3.stub.add_client_error("get_public_access_block", NONE, expected_params=ACCOUNT)
    assert run(check=True)["changed"]


def test_half_a_block_is_none(s3, run):
    half = {"PublicAccessBlockConfiguration": {**dict.fromkeys(BLOCKS, True), BLOCKS[0]: False}}
    s3.stub.add_response("get_public_access_block", half, ACCOUNT)
    assert run(check=True)["changed"]


def test_a_block_stays(s3, run):
    s3.stub.add_response("get_public_access_block", ALL, ACCOUNT)
    assert not run()["changed"]


def test_it_goes_where_the_settings_go_back(s3, run):
    s3.stub.add_response("get_public_access_block", ALL, ACCOUNT)
    s3.stub.add_response("delete_public_access_block", {}, ACCOUNT)
    s3.stub.add_client_error("get_public_access_block", NONE, expected_params=ACCOUNT)
    assert run(state="absent")["changed"]
