"""ECR in the running lab: push, describe, pull, refuse, delete."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from lab.engine import current
from lab.registry import Client
from tests.lab.live.services import SETTINGS, client, quietly
from tests.waiting import until

pytestmark = pytest.mark.lab

NAME = "lab-live-test"
IMAGE = f"{SETTINGS.registry_name}/{NAME}"


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A docker command that is logged in to ECR."""
    engine = current(SETTINGS)
    assert engine
    environment = {
        "DOCKER_HOST": engine.host, "DOCKER_CONFIG": str(tmp_path_factory.mktemp("docker")),
        "PATH": f"{SETTINGS.cache}/engine/usr/bin:/usr/local/bin:/usr/bin:/bin",
    }  # fmt: skip

    def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", *arguments], input=given, env=environment, capture_output=True, text=True
        )

    token = f"{SETTINGS.account}-auth-token"
    login = ("login", "-u", "AWS", "--password-stdin", SETTINGS.registry_name)
    assert run(*login, given="wrong").returncode
    done = run(*login, given=token)
    assert not done.returncode, done.stderr
    for tag in ("v1", "v2"):
        run("tag", SETTINGS.node_runtime_image, f"{IMAGE}:{tag}")
    yield run
    run("rmi", "-f", f"{IMAGE}:v1", f"{IMAGE}:v2")


@pytest.fixture
def repository() -> Iterator[Any]:
    ecr = client("ecr")
    ecr.create_repository(repositoryName=NAME, imageTagMutability="IMMUTABLE")
    yield ecr
    quietly(ecr.delete_repository, repositoryName=NAME, force=True)


def test_a_push_without_a_repository_is_refused(docker: Any) -> None:
    told = docker("push", f"{IMAGE}:v1")
    assert told.returncode
    assert f"repository with name '{NAME}' does not exist" in told.stderr


def test_what_is_pushed_is_described_and_pulled(docker: Any, repository: Any) -> None:
    until(lambda: not docker("push", "-q", f"{IMAGE}:v1").returncode, "a push")
    (image,) = repository.describe_images(repositoryName=NAME)["imageDetails"]
    assert image["imageTags"] == ["v1"] and image["imageSizeInBytes"] > 10_000_000
    reference = f"{IMAGE}@{image['imageDigest']}"
    assert not docker("pull", "-q", reference).returncode
    until(lambda: "cannot be overwritten" in docker("push", "-q", f"{IMAGE}:v1").stderr)
    assert not docker("push", "-q", f"{IMAGE}:v2").returncode
    repository.batch_delete_image(
        repositoryName=NAME, imageIds=[{"imageDigest": image["imageDigest"]}]
    )
    assert repository.describe_images(repositoryName=NAME)["imageDetails"] == []
    assert Client(SETTINGS, str(SETTINGS.ca)).tags(NAME) == {}
    docker("rmi", "-f", reference)
