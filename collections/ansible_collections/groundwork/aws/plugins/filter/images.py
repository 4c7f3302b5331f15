# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Which images a release consists of, and how their sizes and times are told."""

from __future__ import annotations

from typing import Any

MIGRATE = "migrate"


def release_images(
    services: dict[str, dict[str, Any]], release: str, prefix: str
) -> list[dict[str, str]]:
    """The images of a release, one of each service and one more of a service that migrates.

    `services` maps a name to a dict, in which `migrate` says whether the service brings database
    migrations. Their image lies beside the serving one, as TAG-migrate.
    """
    images = []
    for service, settings in services.items():
        stages = {"runtime": release}
        if settings.get(MIGRATE):
            stages[MIGRATE] = f"{release}-{MIGRATE}"
        for stage, tag in stages.items():
            name = service if stage == "runtime" else f"{service}-{stage}"
            images.append(
                {
                    "name": name,
                    "service": service,
                    "stage": stage,
                    "repository": f"{prefix}-{service}",
                    "tag": tag,
                }
            )
    return images


def megabytes(size: int | str) -> str:
    """A size in bytes as people read it: 274 MB."""
    return f"{round(int(size) / 1_000_000)} MB"


def seconds(delta: str) -> int:
    """Whole seconds of a command's `delta`: 0:01:32.302076 is 92."""
    hours, minutes, rest = delta.split(":")
    return round(int(hours) * 3600 + int(minutes) * 60 + float(rest))


class FilterModule:
    """Filters about images."""

    def filters(self) -> dict[str, Any]:
        """The filters by name."""
        return {"megabytes": megabytes, "release_images": release_images, "seconds": seconds}
