"""ECR describes what the registry behind it holds."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.emulator import repositories

Aws = Callable[[str], Any]


class FakeRegistry:
    """A registry that knows what the test pushed."""

    def __init__(self) -> None:
        self.pushed: dict[str, str] = {}
        self.deleted: list[str] = []

    def push(self, tag: str, content: str) -> str:
        layers = [{"size": 100, "digest": f"sha256:{content}"}]
        text = json.dumps({"config": {"size": 20}, "layers": layers})
        digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        self.pushed[tag] = digest
        self._text = {**getattr(self, "_text", {}), digest: text}
        return digest

    def tags(self, repository: str) -> dict[str, str]:
        return {tag: one for tag, one in self.pushed.items() if one not in self.deleted}

    def manifest(self, repository: str, digest: str) -> tuple[str, str]:
        return "application/vnd.docker.distribution.manifest.v2+json", self._text[digest]

    def delete(self, repository: str, digest: str) -> None:
        self.deleted.append(digest)


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    fake = FakeRegistry()
    repositories.attach(fake)
    yield fake
    repositories.attach(None)


def test_what_is_pushed_is_described(aws: Aws, registry: FakeRegistry) -> None:
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="repo", imageTagMutability="IMMUTABLE")
    first, second = registry.push("v1", "a"), registry.push("v2", "b")

    def images() -> dict[str, list[str]]:
        told = ecr.describe_images(repositoryName="repo")["imageDetails"]
        return {one["imageDigest"]: one.get("imageTags", []) for one in told}

    assert images() == {first: ["v1"], second: ["v2"]}
    details = ecr.describe_images(repositoryName="repo", imageIds=[{"imageTag": "v1"}])
    assert details["imageDetails"][0]["imageSizeInBytes"] == 120
    assert repositories.registered()[0].frozen_tags == ("v1", "v2")
    ecr.batch_delete_image(repositoryName="repo", imageIds=[{"imageDigest": first}])
    assert registry.deleted == [first] and images() == {second: ["v2"]}


def test_a_moved_tag_leaves_its_image(aws: Aws, registry: FakeRegistry) -> None:
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="repo")
    first = registry.push("latest", "a")
    assert len(ecr.list_images(repositoryName="repo")["imageIds"]) == 1
    second = registry.push("latest", "b")
    told = ecr.describe_images(repositoryName="repo")["imageDetails"]
    assert {one["imageDigest"]: one.get("imageTags", []) for one in told} == {
        first: [],
        second: ["latest"],
    }


def test_a_deleted_repository_is_empty_when_it_comes_again(
    aws: Aws, registry: FakeRegistry
) -> None:
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="repo")
    digest = registry.push("v1", "a")
    ecr.delete_repository(repositoryName="repo", force=True)
    assert registry.deleted == [digest]
    ecr.create_repository(repositoryName="repo")
    assert ecr.describe_images(repositoryName="repo")["imageDetails"] == []


def test_what_is_pushed_is_scanned_where_the_repository_says_so(
    aws: Aws, registry: FakeRegistry
) -> None:
    ecr = aws("ecr")
    for name in ("repo", "unseen"):
        ecr.create_repository(
            repositoryName=name, imageScanningConfiguration={"scanOnPush": name == "repo"}
        )
    image = {"imageDigest": registry.push("v1", "a")}
    told = ecr.describe_image_scan_findings(repositoryName="repo", imageId=image)
    assert told["imageScanStatus"]["status"] == "COMPLETE"
    assert told["imageScanFindings"]["findings"] == []
    with pytest.raises(ecr.exceptions.ScanNotFoundException):
        ecr.describe_image_scan_findings(repositoryName="unseen", imageId=image)
