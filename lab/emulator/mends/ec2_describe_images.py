"""Debian's own images are in the catalogue.

https://wiki.debian.org/Cloud/AmazonEC2Image/Trixie: owner 136693071363, names
`debian-13-<architecture>-<date>-<build>`, root device /dev/xvda, UEFI. moto 5.2 knows no image of
Debian's.
"""

from datetime import datetime
from typing import Any

from moto.ec2.models.amis import Ami, AmiBackend

from lab.emulator.mends import mend

OWNER = "136693071363"
ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
BUILDS = {
    "amd64": {"20250814-2204": "0a1f2d3c4b5e6f701", "20251006-2257": "0b7d94a1c2e3f5a86"},
    "arm64": {"20250814-2204": "0c5e8f7a6b4d3c201", "20251006-2257": "0d2c4b6a8f1e3d597"},
}


@mend(AmiBackend, "_load_amis")
def _load(original: Any, self: AmiBackend) -> None:
    original(self)
    for name, builds in BUILDS.items():
        for build, suffix in builds.items():
            _add(self, name, build, f"ami-{suffix}")


def _add(backend: AmiBackend, architecture: str, build: str, ami_id: str) -> None:
    name = f"debian-13-{architecture}-{build}"
    backend.amis[ami_id] = Ami(
        backend,
        ami_id,
        name=name,
        description=f"Debian 13 ({build})",
        owner_id=OWNER,
        owner_alias="amazon",
        public=True,
        virtualization_type="hvm",
        architecture=ARCHITECTURES[architecture],
        creation_date=datetime.strptime(build, "%Y%m%d-%H%M"),
        image_location=f"amazon/{name}",
        hypervisor="xen",
        root_device_type="ebs",
        root_device_name="/dev/xvda",
        sriov="simple",
    )
