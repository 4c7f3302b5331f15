"""Packages that the lab builds and serves itself, where the real ones cannot be had."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import debian
from lab.errors import LabError
from lab.recipes import FOLDER
from lab.settings import Settings

AGENT = "cloudwatch-agent"


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the lab serves. `checksum` as Ansible writes it: `sha256:...`."""

    url: str
    checksum: str


def build(settings: Settings, name: str = AGENT, folder: Path = FOLDER) -> Package:
    """Build `<folder>/<name>` with its own `build` script: the same tree, the same file."""
    debian.need(**{"dpkg-deb": "dpkg"})
    settings.packages.mkdir(parents=True, exist_ok=True)
    target = settings.packages / f"{name}.deb"
    done = subprocess.run([folder / name / "build", target], capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"the package {name} could not be built:\n    {done.stderr.strip()}")
    return Package(f"{settings.packages_url}/{target.name}", f"sha256:{done.stdout.strip()}")
