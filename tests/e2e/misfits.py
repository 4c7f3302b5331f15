"""Builds and deploys an application other than the example: misfit/api/server.mjs."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.runs import play, refused

SOURCE = Path(__file__).parent / "misfit"
# No migrations, no secrets, no HEALTHCHECK in the image: nothing but a port and a path.
SERVICES = {
    "api": {
        "port": 3000,
        "health_path": "/health",
        "verify_path": "/api/release",
        "paths": ["/api/*"],
    },
    "web": {"port": 3001, "health_path": "/healthz", "paths": []},
}
GIVEN = ("-e", json.dumps({"app_services": SERVICES}))


@dataclass
class Misfits:
    """Builds and deploys releases of the misfit."""

    environment: dict[str, str]
    serving: str = ""
    given: tuple[str, ...] = GIVEN
    made: list[str] = field(default_factory=list)

    def build(self, **behaviour: str) -> str:
        """A release in ECR that behaves so; gives its name."""
        name = f"qa-misfit-{time.time_ns() // 1_000_000}"
        source = ("-e", f"app_source={SOURCE}", "-e", f"build_release={name}")
        arguments = ("-e", json.dumps({"build_arguments": behaviour}))
        play(self.environment, "playbooks/build.yml", *GIVEN, *source, *arguments)
        self.made.append(name)
        return name

    def deploy(self, name: str, *more: str) -> str:
        """Deploy a release that is good; gives what the run says."""
        told = play(self.environment, *self.command(name), *more)
        self.serving = name
        return told

    def refused(self, name: str, *more: str) -> str:
        """Deploy a release that is not; gives what the run says."""
        return refused(self.environment, *self.command(name), *more)

    @staticmethod
    def command(name: str) -> tuple[str, ...]:
        return ("playbooks/deploy.yml", "-e", f"release={name}", *GIVEN)
