# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a plan tells of a deployment: the images that change."""

from __future__ import annotations

from typing import Any

import yaml


def _image(name: str | None) -> str | None:
    """An image as a plan shows it: the digest where it has one, without the registry's name."""
    return name.rpartition("@")[2] if name else None


def image_changes(project: str, images: dict[str, str], release: str) -> list[dict[str, Any]]:
    """Release and images of each service, before and after, where they differ.

    `project` is the text of the Compose project that runs now ("" where there is none), `images`
    maps a service to its new image.
    """
    services = (yaml.safe_load(project) or {}).get("services") or {} if project else {}
    told = [one.get("environment") or {} for one in services.values()]
    runs = next((one["APP_RELEASE"] for one in told if "APP_RELEASE" in one), None)
    changes = [{"property": "release", "before": runs, "after": release}]
    for name in sorted({**services, **images}):
        before = _image((services.get(name) or {}).get("image"))
        changes.append({"property": name, "before": before, "after": _image(images.get(name))})
    return [change for change in changes if change["before"] != change["after"]]


class FilterModule:
    """Filters about what a deployment changes."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "image_changes": image_changes,
        }
