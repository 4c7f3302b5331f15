# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The images on a host that its slots leave behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from ansible_collections.groundwork.aws.plugins.module_utils.slots import Slot, SlotError, run

FORM = "{{.Repository}}@{{.Digest}}"


def prune(slots: Iterable[Slot], keep: list[str]) -> None:
    """Remove images of the given ones' repositories that neither are among them nor belong to a slot.

    What cannot be removed is in use, and stays.
    """
    kept = {*keep}
    for slot in slots:
        kept |= {*slot.keeps(), *(one.image for one in slot.containers())}
    for repository in {image.partition("@")[0] for image in keep}:
        listed = run(["docker", "image", "ls", "--digests", "--format", FORM, repository])
        for image in listed.split():
            if image not in kept and not image.endswith("<none>"):
                with contextlib.suppress(SlotError):
                    run(["docker", "image", "rm", image])
