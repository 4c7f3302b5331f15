"""The application's images: its own tests pass in them, and they are what a production wants."""

from __future__ import annotations

import json
import subprocess

import pytest
from ansible_collections.groundwork.aws.plugins.filter.images import release_images

from tests.e2e.runs import ROOT

pytestmark = pytest.mark.lab

SERVICES = {"api": {"migrate": True}, "web": {}}
MEGABYTE = 1_000_000
# A little above what they take now, so that a dependency that slips in is seen.
LARGEST = {"api": 235 * MEGABYTE, "api-migrate": 400 * MEGABYTE, "web": 230 * MEGABYTE}
BELONGS_ELSEWHERE = {
    "api": ("typescript", "prisma", "effect"),
    "api-migrate": ("typescript", "@prisma/client"),
    "web": ("typescript", "@types/node"),
}
IMAGES = {image["name"]: image for image in release_images(SERVICES, "test", "groundwork-test")}


@pytest.fixture(scope="module")
def docker(environment):
    """A function that runs docker on the lab's engine and returns what it printed."""

    def run(*words: str) -> str:
        done = subprocess.run(
            ["docker", *words], env=environment, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
        return done.stdout

    return run


@pytest.fixture(scope="module")
def build(docker, environment):
    """A function that builds a stage of a service on the lab's base images, and returns its id."""
    built = set()

    def run(service: str, stage: str) -> str:
        bases = {
            name: environment[f"GROUNDWORK_{name}"] for name in ("BUILD_IMAGE", "RUNTIME_IMAGE")
        }
        given = [f"--build-arg={name}={value}" for name, value in bases.items()]
        identity = docker(
            "build", "--quiet", "--provenance=false", f"--target={stage}", *given,
            f"examples/app/{service}",
        ).strip()  # fmt: skip
        built.add(identity)
        return identity

    yield run
    docker("image", "rm", "--force", *built)


@pytest.fixture(params=IMAGES)
def image(request, build):
    """An image of the application: its name and its id."""
    one = IMAGES[request.param]
    return one["name"], build(one["service"], one["stage"])


def test_the_api_passes_its_own_tests(build):
    build("api", "test")


def test_an_image_is_small_not_root_and_knows_its_health(image, docker):
    name, identity = image
    [known] = json.loads(docker("image", "inspect", identity))
    assert known["Size"] < LARGEST[name]
    assert known["Config"]["User"] == "1000:1000"
    assert ("Healthcheck" in known["Config"]) == (name != "api-migrate")


def test_an_image_has_only_what_it_runs_with(image, docker):
    name, identity = image
    listed = docker(
        "run", "--rm", "--network=none", "--entrypoint=sh", identity, "-c",
        "cd node_modules && ls -d * @*/* && find /app -user 1000",
    ).split()  # fmt: skip
    assert not {*BELONGS_ELSEWHERE[name]} & {*listed}
    assert not [path for path in listed if path.startswith("/app")], "the code is its user's"


def test_a_migration_without_a_database_says_what_is_missing(build, docker, environment):
    identity = build("api", "migrate")
    done = subprocess.run(
        ["docker", "run", "--rm", "--read-only", "--tmpfs=/tmp", identity],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "DATABASE_URL is not set" in done.stdout
