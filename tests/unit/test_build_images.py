"""Which images a release has, how they are built, and how they are told."""

from pathlib import Path

import pytest
import yaml
from ansible_collections.groundwork.aws.plugins.filter import images

from tests.unit.host_roles import render

ROOT = Path(__file__).parents[2]
SERVICES = {"api": {"port": 3000, "migrate": True}, "web": {"port": 3001}}


def test_a_service_that_migrates_has_a_second_image_in_its_repository():
    found = images.release_images(SERVICES, "qa-1f2e3d4c", "shop-qa")
    assert [(one["name"], one["stage"], one["repository"], one["tag"]) for one in found] == [
        ("api", "runtime", "shop-qa-api", "qa-1f2e3d4c"),
        ("api-migrate", "migrate", "shop-qa-api", "qa-1f2e3d4c-migrate"),
        ("web", "runtime", "shop-qa-web", "qa-1f2e3d4c"),
    ]


def test_no_services_have_no_images():
    assert images.release_images({}, "qa-1", "shop-qa") == []


def test_sizes_and_times_are_told_as_people_read_them():
    assert images.megabytes("274123456") == "274 MB"
    assert images.seconds("0:01:32.302076") == 92
    assert images.seconds("1:00:00.600000") == 3601


@pytest.fixture
def command():
    """The command that builds the api's migration image."""
    return yaml.safe_load(
        render(
            "build",
            "docker-build.yml.j2",
            item=images.release_images(SERVICES, "qa-1", "shop-qa")[1],
            build_source="/src/my app",
            build_release_name="qa-1",
            build_arguments={"FLAG": 'a "quoted" value'},
            _build_machine_arguments={"BUILD_IMAGE": "node-build:20"},
            _build_revision={"commit": "1f2e3d4c", "origin": ""},
            _build_uri="registry.test/shop-qa-api",
        )
    )


def test_an_image_is_built_for_its_stage_tag_and_platform(command):
    assert command[:2] == ["docker", "build"]
    assert command[-1] == "/src/my app/api"
    assert {
        "--target=migrate",
        "--tag=registry.test/shop-qa-api:qa-1-migrate",
        "--platform=linux/amd64",
        "--build-arg=RELEASE=qa-1",
        "--build-arg=BUILD_IMAGE=node-build:20",
        '--build-arg=FLAG=a "quoted" value',
    } <= set(command)


def test_an_image_says_where_it_comes_from_and_leaves_out_what_is_not_known(command):
    labels = {word.split("=")[1]: word.split("=", 2)[2] for word in command if "--label" in word}
    assert labels["org.opencontainers.image.title"] == "shop-qa-api-migrate"
    assert labels["org.opencontainers.image.version"] == "qa-1"
    assert labels["org.opencontainers.image.revision"] == "1f2e3d4c"
    assert labels["org.opencontainers.image.created"].endswith("Z")
    assert "org.opencontainers.image.source" not in labels


def test_a_tag_names_one_image_and_no_index(command):
    assert {"--provenance=false", "--sbom=false"} <= set(command)


@pytest.mark.parametrize("service", ["api", "web"])
def test_lock_files_name_no_registry(service):
    lock = (ROOT / "examples/app" / service / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://registry" not in lock
