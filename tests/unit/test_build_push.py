"""The login with which an image is pushed: from ECR to `docker push`, and nowhere else."""

import json
import os
import subprocess

import pytest
from ansible_collections.groundwork.aws.plugins.modules import ecr_image

REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture
def folders(tmp_path):
    own, ours = tmp_path / "own", tmp_path / "ours"
    own.mkdir()
    ours.mkdir()
    return own, ours


def test_the_helper_answers_from_its_own_environment(folders):
    ecr_image.client_configuration(*folders, REGISTRY)
    helper = folders[1] / "docker-credential-groundwork"
    done = subprocess.run(
        [helper, "get"], input=REGISTRY, capture_output=True, text=True, check=True,
        env=os.environ | {"GROUNDWORK_ECR_USER": "AWS", "GROUNDWORK_ECR_PASSWORD": "canary"},
    )  # fmt: skip
    assert json.loads(done.stdout) == {"Username": "AWS", "Secret": "canary"}


def test_only_the_registry_asks_the_helper(folders):
    ecr_image.client_configuration(*folders, REGISTRY)
    settings = json.loads((folders[1] / "config.json").read_text())
    assert settings == {"credHelpers": {REGISTRY: "groundwork"}}


def test_the_way_to_the_engine_is_kept_and_stored_logins_are_not(folders):
    own, ours = folders
    stored = {"currentContext": "remote", "auths": {"x.test": {"auth": "c2VjcmV0"}}}
    (own / "config.json").write_text(json.dumps(stored))
    (own / "contexts").mkdir()
    ecr_image.client_configuration(own, ours, REGISTRY)
    settings = json.loads((ours / "config.json").read_text())
    assert settings["currentContext"] == "remote"
    assert "auths" not in settings
    assert (ours / "contexts").resolve() == own / "contexts"


def test_a_push_hands_the_token_over_by_environment_alone(tmp_path):
    calls = []

    class Client:
        def get_authorization_token(self, aws_retry):
            return {"authorizationData": [{"authorizationToken": "QVdTOmNhbmFyeQ=="}]}

    class Module:
        tmpdir = str(tmp_path)
        no_log_values: set[str] = set()

        def get_bin_path(self, name, required):
            return f"/usr/bin/{name}"

        def run_command(self, command, environ_update):
            calls.append((command, environ_update))
            return 0, "", ""

    ecr_image.push(Module(), Client(), f"{REGISTRY}/shop-qa-api:qa-1")
    [(command, environment)] = calls
    assert command == ["/usr/bin/docker", "push", "--quiet", f"{REGISTRY}/shop-qa-api:qa-1"]
    assert environment["GROUNDWORK_ECR_PASSWORD"] == "canary"
    assert "canary" in Module.no_log_values
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert written and not any("canary" in text for text in written)
