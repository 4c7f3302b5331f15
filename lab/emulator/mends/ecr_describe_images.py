"""ECR's images are those that were pushed, with their size; deleting one deletes it.

User guide, pushing an image: what `docker push` brings is there for DescribeImages. moto 5.2 has
no registry, so it knows only what PutImage told it. Here a registry may stand behind it (see
`lab.emulator.repositories`). API reference, ImageDetail.imageSizeInBytes: the size of the image,
which is all its layers'; moto gives that of the configuration alone.
"""

import json
from collections.abc import Callable
from typing import Any

from moto.ecr.models import ECRBackend, Image, Repository

from lab.emulator import repositories
from lab.emulator.mends import mend


def _refreshing(name: str) -> None:
    @mend(ECRBackend, name)
    def mended(
        original: Callable[..., Any],
        self: ECRBackend,
        repository_name: str,
        *args: Any,
        **more: Any,
    ) -> Any:
        if repository_name in self.repositories:
            repositories.refresh(self.repositories[repository_name])
        return original(self, repository_name, *args, **more)


for _name in ("describe_images", "list_images", "batch_get_image"):
    _refreshing(_name)


@mend(ECRBackend, "batch_delete_image")
def _delete(
    original: Any, self: ECRBackend, repository_name: str, *args: Any, **more: Any
) -> dict[str, Any]:
    repository = self.repositories.get(repository_name)
    if repository:
        repositories.refresh(repository)
    answer = original(self, repository_name, *args, **more)
    if repository:
        gone = [(one.image_tag, one.image_digest) for one in answer["imageIds"]]
        repositories.forget(repository, gone)
    return answer


@mend(ECRBackend, "delete_repository")
def _delete_repository(
    original: Any, self: ECRBackend, repository_name: str, *args: Any, **more: Any
) -> Repository:
    if repository_name in self.repositories:
        repositories.refresh(self.repositories[repository_name])
    repository = original(self, repository_name, *args, **more)
    gone = [(None, one.image_digest) for one in repository.images]
    repository.images = []
    repositories.forget(repository, gone)
    return repository


@mend(Image, "get_image_size_in_bytes")
def _size(original: Any, self: Image) -> int | None:
    manifest = json.loads(self.image_manifest)
    if "layers" not in manifest or "size" not in manifest.get("config", {}):
        return original(self)
    return manifest["config"]["size"] + sum(layer["size"] for layer in manifest["layers"])
