"""The program that fetches secrets on a host, against an emulated Secrets Manager."""

import importlib.util
import io
import json
import os
import stat
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

PROGRAM = Path(__file__).parents[2] / "roles/secrets/files/groundwork_secrets.py"
CANARY = "canary-value"


@pytest.fixture(scope="module")
def program():
    specification = importlib.util.spec_from_file_location("groundwork_secrets", PROGRAM)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFIXTUREOFUNITTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-fixture-and-no-key-of-anybody")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="us-east-1")


def configuration(*items):
    return {
        "name": "shop-qa",
        "region": "us-east-1",
        "owner": os.getuid(),
        "group": os.getgid(),
        "items": [{"version_stage": "AWSCURRENT", "format": None} | item for item in items],
    }


JWT = {"name": "JWT", "secret_id": "shop/qa/jwt"}


def test_file_holds_the_secret_for_its_owner_only(program, store, tmp_path):
    store.create_secret(Name="shop/qa/jwt", SecretString=CANARY)
    versions = program.provide(configuration(JWT), 0, tmp_path)
    path = tmp_path / "shop-qa" / "JWT"
    assert path.read_text() == CANARY
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert CANARY not in (tmp_path / "shop-qa.versions.json").read_text()
    assert len(versions["JWT"]["version_id"]) >= 32


def test_unchanged_file_keeps_its_inode(program, store, tmp_path):
    store.create_secret(Name="shop/qa/jwt", SecretString=CANARY)
    program.provide(configuration(JWT), 0, tmp_path)
    before = (tmp_path / "shop-qa/JWT").stat().st_ino
    program.provide(configuration(JWT), 0, tmp_path)
    assert (tmp_path / "shop-qa/JWT").stat().st_ino == before


def test_file_that_is_no_longer_configured_goes(program, store, tmp_path):
    store.create_secret(Name="shop/qa/jwt", SecretString=CANARY)
    program.provide(configuration(JWT, JWT | {"name": "OLD"}), 0, tmp_path)
    program.provide(configuration(JWT), 0, tmp_path)
    assert [path.name for path in (tmp_path / "shop-qa").iterdir()] == ["JWT"]


def test_one_missing_secret_leaves_everything_as_it_was(program, store, tmp_path):
    store.create_secret(Name="shop/qa/jwt", SecretString=CANARY)
    program.provide(configuration(JWT), 0, tmp_path)
    store.put_secret_value(SecretId="shop/qa/jwt", SecretString="newer")
    missing = {"name": "OAUTH", "secret_id": "shop/qa/oauth"}
    with pytest.raises(program.SecretsError, match="shop/qa/oauth does not exist"):
        program.provide(configuration(JWT, missing), 0, tmp_path)
    assert (tmp_path / "shop-qa/JWT").read_text() == CANARY


def test_fields_are_put_into_the_format(program):
    item = {"name": "URL", "secret_id": "x", "format": "pg://{user}:{password:url}@db:{port}/"}
    stored = json.dumps({"user": "shop", "password": "p@ss/{}", "port": 5432})
    assert program.render(item, stored) == "pg://shop:p%40ss%2F%7B%7D@db:5432/"


def test_doubled_braces_are_plain(program):
    assert program.render({"name": "X", "secret_id": "x", "format": "{{a}}"}, "{}") == "{a}"


@pytest.mark.parametrize(
    "template", ["{absent}", "{user.x}", "{user[0]}", "{user:hex}", "{", "{user!r:x}"]
)
def test_bad_format_is_named_without_the_value(program, template):
    item = {"name": "URL", "secret_id": "shop/qa/database", "format": template}
    with pytest.raises(program.SecretsError) as error:
        program.render(item, json.dumps({"user": CANARY}))
    assert "URL" in str(error.value)
    assert CANARY not in str(error.value)


def test_format_of_a_plain_secret_is_refused_without_the_value(program):
    item = {"name": "URL", "secret_id": "shop/qa/jwt", "format": "{user}"}
    with pytest.raises(program.SecretsError, match="not a JSON object") as error:
        program.render(item, CANARY)
    assert CANARY not in str(error.value)


class Refusing:
    """A client that answers with an error code a number of times, then with the secret."""

    def __init__(self, error, times):
        self.error, self.times, self.calls = error, times, 0

    def get_secret_value(self, **_):
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return {"SecretString": CANARY, "VersionId": "1" * 32}


def refusal(code, message=""):
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetSecretValue")


def test_missing_permission_names_the_action_at_once(program):
    client = Refusing(refusal("AccessDeniedException"), 9)
    with pytest.raises(program.SecretsError, match="needs secretsmanager:GetSecretValue"):
        program.patiently(client, configuration(JWT)["items"], 60)
    assert client.calls == 1


def test_missing_key_permission_names_that(program):
    client = Refusing(refusal("AccessDeniedException", "Access to KMS is not allowed"), 9)
    with pytest.raises(program.SecretsError, match="needs kms:Decrypt"):
        program.patiently(client, configuration(JWT)["items"], 60)


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="https://x"), refusal("ThrottlingException")]
)
def test_what_passes_is_waited_for(program, monkeypatch, error):
    monkeypatch.setattr(program, "PAUSE", 0)
    client = Refusing(error, 2)
    answers = program.patiently(client, configuration(JWT)["items"], 60)
    assert answers["shop/qa/jwt", "AWSCURRENT"]["text"] == CANARY


def test_patience_ends(program, monkeypatch):
    monkeypatch.setattr(program, "PAUSE", 0)
    client = Refusing(EndpointConnectionError(endpoint_url="https://x"), 10**9)
    with pytest.raises(program.SecretsError, match="could not be reached"):
        program.patiently(client, configuration(JWT)["items"], 0.05)


def test_a_look_tells_the_versions_and_writes_nothing(
    program, store, tmp_path, monkeypatch, capsys
):
    version = store.create_secret(Name="shop/qa/jwt", SecretString=CANARY)["VersionId"]
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setattr(program.sys, "stdin", io.StringIO(json.dumps(configuration(JWT))))
    assert program.look() == 0
    told = capsys.readouterr().out
    assert json.loads(told)["JWT"]["version_id"] == version
    assert CANARY not in told
    assert list(tmp_path.iterdir()) == []


def test_a_look_at_a_secret_that_is_missing_says_which(program, store, monkeypatch, capsys):
    monkeypatch.setattr(program.sys, "stdin", io.StringIO(json.dumps(configuration(JWT))))
    assert program.look() == 1
    assert "shop/qa/jwt does not exist" in capsys.readouterr().err


def test_a_watch_tells_what_was_rotated_and_touches_nothing_else(program, store, tmp_path):
    told = tmp_path / "shop-qa.rotated.json"
    store.create_secret(Name="shop/qa/jwt", SecretString=CANARY)
    program.provide(configuration(JWT), 0, tmp_path)
    assert program.watch(configuration(JWT), tmp_path) == []
    assert not told.exists()
    store.put_secret_value(SecretId="shop/qa/jwt", SecretString="another")
    assert program.watch(configuration(JWT), tmp_path) == ["JWT"]
    assert json.loads(told.read_text()) == ["JWT"]
    assert (tmp_path / "shop-qa" / "JWT").read_text() == CANARY
    program.provide(configuration(JWT), 0, tmp_path)
    assert not told.exists()
