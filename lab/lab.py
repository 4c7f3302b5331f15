"""What a controller has at hand."""

import logging
from dataclasses import dataclass, field
from typing import Any

import docker

from lab.containers import Containers
from lab.settings import Settings


@dataclass
class Lab:
    """The running lab, as its controllers see it.

    `records` is `lab.emulator.records` (reads of the emulator's backends in this process),
    `pki` and `database_pki` (RDS's) are `lab.pki` authorities, `containers` makes and finds the
    lab's containers.
    """

    settings: Settings
    docker: docker.DockerClient
    pki: Any
    database_pki: Any
    records: Any
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("lab"))
    containers: Containers = field(init=False)

    def __post_init__(self) -> None:
        self.containers = Containers(self.docker, self.settings)
