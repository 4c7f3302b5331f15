"""ECR's repositories and the real registry behind them.

The lab's registry controller attaches a `Store`. From then on the records of a repository's
images are what the registry holds at the moment somebody asks (see the mend of DescribeImages),
and an image that is deleted in ECR is deleted in the registry.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from moto.ecr.models import ECRBackend, Image, Repository, ecr_backends

from lab.emulator import changes

log = logging.getLogger("lab.emulator.repositories")


class Store(Protocol):
    """A registry. Every method raises OSError when it does not answer."""

    def tags(self, repository: str) -> dict[str, str]:
        """Tell the tags of a repository with the digest that each has now."""

    def manifest(self, repository: str, digest: str) -> tuple[str, str]:
        """Tell an image's media type and its manifest's text."""

    def delete(self, repository: str, digest: str) -> None:
        """Delete an image with all its tags; nothing happens when it is not there."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A repository as the registry must know it: its name, and the tags nobody may push again."""

    name: str
    frozen_tags: tuple[str, ...]


_store: Store | None = None


def attach(store: Store | None) -> None:
    """Have a registry stand behind the records, or none."""
    global _store
    _store = store


def registered() -> list[Registered]:
    """List the repositories of all regions."""
    return [
        Registered(
            one.name,
            tuple(tag for image in list(one.images) for tag in image.image_tags)
            if one.image_tag_mutability == "IMMUTABLE"
            else (),
        )
        for one in _all()
    ]


def refresh(repository: Repository) -> None:
    """Bring the records of a repository's images in step with the registry."""
    if _store is None:
        return
    try:
        found = _store.tags(repository.name)
    except OSError as error:
        log.warning("the registry did not tell the tags of %s: %s", repository.name, error)
        return
    known = {tag: one for one in repository.images for tag in one.image_tags}
    new = {
        tag: digest
        for tag, digest in found.items()
        if (tag not in known or known[tag].image_digest != digest)
        and (tag, digest) not in _deleted(repository)
    }
    if new:
        with changes.changing():
            for tag, digest in new.items():
                _tag(repository, tag, digest, known.get(tag))


def forget(repository: Repository, identities: list[tuple[str | None, str]]) -> None:
    """Delete images, given as tag (None for all) and digest, from the registry too.

    A registry cannot take one of several tags from an image: that one is not shown any more.
    """
    if _store is None:
        return
    kept = {one.image_digest for one in repository.images}
    for tag, digest in identities:
        if digest in kept:
            _deleted(repository).add((tag, digest))
            continue
        try:
            _store.delete(repository.name, digest)
        except OSError as error:
            log.warning("the registry did not delete %s@%s: %s", repository.name, digest, error)


def refresh_all() -> None:
    """Bring all repositories in step."""
    for repository in _all():
        refresh(repository)


def _all() -> Iterator[Repository]:
    for regions in list(ecr_backends.values()):
        backend: ECRBackend
        for backend in list(regions.values()):
            yield from list(backend.repositories.values())


def _deleted(repository: Repository) -> set[tuple[str | None, str]]:
    return repository.__dict__.setdefault("deleted_tags", set())


def _tag(repository: Repository, tag: str, digest: str, holder: Image | None) -> None:
    """Give a tag to an image, which may be new; the image that had it stays, as on AWS."""
    if holder:
        holder.remove_tag(tag)
        if not holder.image_tags:
            holder.image_tag = None
    for image in repository.images:
        if image.image_digest == digest:
            image.update_tag(tag)
            return
    assert _store
    kind, text = _store.manifest(repository.name, digest)
    repository.images.append(Image(repository.account_id, tag, text, repository.name, kind, digest))
