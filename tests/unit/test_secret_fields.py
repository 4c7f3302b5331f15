"""Given and new fields come into secrets that stand; the others keep their values."""

import json

import pytest
from ansible_collections.groundwork.aws.plugins.module_utils.random_text import ALPHABET
from ansible_collections.groundwork.aws.plugins.modules.secret_fields import (
    SecretFields,
    changed_fields,
)
from botocore.exceptions import ClientError

NAME = "shop/qa/oauth"


class Ended(Exception):
    """The module's end; its arguments are what it says."""


class Module:
    def __init__(self, check_mode=False, **params):
        self.check_mode = check_mode
        self.params = {"initial": {}, "given": {}, "length": 40, **params}

    def client(self, service, retry_decorator):
        return self.api

    def exit_json(self, **said):
        raise Ended(said)

    def fail_json(self, msg):
        raise Ended({"failed": True, "msg": msg})


class Api:
    def __init__(self, **texts):
        self.texts = texts

    def get_secret_value(self, SecretId, aws_retry):
        if SecretId not in self.texts:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        return {"SecretString": self.texts[SecretId]}

    def put_secret_value(self, SecretId, SecretString, aws_retry):
        self.texts[SecretId] = SecretString


def run(api, **params):
    module = Module(**params)
    module.api = api
    with pytest.raises(Ended) as ended:
        SecretFields(module).run()
    return ended.value.args[0]


def test_a_given_field_follows_and_the_others_stay():
    api = Api(**{NAME: json.dumps({"id": "old", "key": "kept", "foreign": "kept too"})})
    asked = {"fields": {NAME: ["id", "key"]}, "given": {NAME: {"id": "new"}}}
    plan = run(api, check_mode=True, **asked)
    assert json.loads(api.texts[NAME])["id"] == "old"
    said = run(api, **asked)
    assert plan == said
    assert json.loads(api.texts[NAME]) == {"id": "new", "key": "kept", "foreign": "kept too"}
    assert said["names"] == [NAME]
    (diff,) = said["diff"]
    assert (diff["before"], diff["after"]) == ({"id": "(another)"}, {"id": "(given)"})
    assert run(api, **asked) == {"changed": False, "names": [], "diff": []}


def test_a_new_field_gets_its_first_value_or_a_random_one():
    values, words = changed_fields(
        {"key": "kept", "user": "app_clone"},
        ["key", "user", "name", "token"],
        {"user": "app", "name": "app"},
        {},
        20,
    )
    assert values.keys() == words.keys() == {"name", "token"}
    assert values["name"] == "app"
    assert len(values["token"]) == 20 and set(values["token"]) <= {*ALPHABET}


def test_a_secret_that_does_not_stand_is_another_tasks_in_a_plan_only():
    asked = {"fields": {NAME: ["id"]}}
    assert run(Api(), check_mode=True, **asked)["changed"] is False
    module = Module(**asked)
    module.api = Api()
    with pytest.raises(ClientError):
        SecretFields(module).run()


@pytest.mark.parametrize("text", ["no JSON", '["a list"]', "null"])
def test_a_text_without_fields_is_told(text):
    said = run(Api(**{NAME: text}), fields={NAME: ["id"]})
    assert said["failed"] and f"{NAME} is no JSON object" in said["msg"]
    assert text not in said["msg"].replace("no JSON object", "")
