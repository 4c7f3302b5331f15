"""The releases that are deployed: one that is good, one that fails."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import boto3

from benchmarks.deploy.environment import ROOT, Environment
from benchmarks.deploy.errors import Stop

APP = ROOT / "examples/app"
SERVICE = "api"
# What the failing api runs instead of its server.
FAILURES = {
    "exit": ["node", "-e", "console.error('this release ends at once'); process.exit(1)"],
    "unhealthy": [
        "node",
        "-e",
        "require('http').createServer((_, a) => a.writeHead(500).end()).listen(process.env.PORT)",
    ],
}
_COMMAND = re.compile(r"^CMD \[.*\]$", re.M)


def failing_dockerfile(text: str, failure: str) -> str:
    """The Dockerfile with another command in its last stage. Raises Stop where it has none."""
    places = list(_COMMAND.finditer(text))
    if not places or "\nFROM " in text[places[-1].end() :]:
        raise Stop("The api's Dockerfile does not end with CMD [...]: no failing release of it.")
    last = places[-1]
    return f"{text[: last.start()]}CMD {json.dumps(FAILURES[failure])}{text[last.end() :]}"


def failing_source(app: Path, folder: Path, failure: str) -> Path:
    """A copy of the application in `folder` whose api fails."""
    copy = folder / "app"
    shutil.copytree(app, copy, ignore=shutil.ignore_patterns("node_modules", ".next"))
    dockerfile = copy / SERVICE / "Dockerfile"
    dockerfile.write_text(failing_dockerfile(dockerfile.read_text(), failure))
    return copy


def build(environment: Environment, release: str, source: Path) -> None:
    """Build a release of a source and push it."""
    print(f"==> building {release}", flush=True)
    environment.must_play("build", f"build_release={release}", f"app_source={source}")


def images(release: str, details: Mapping[str, list[dict]]) -> list[str]:
    """The images of a release by digest; `details` maps a repository's URI to its imageDetails."""
    tags = {release, f"{release}-migrate"}
    return [
        f"{uri}@{one['imageDigest']}"
        for uri, found in details.items()
        for one in found
        if tags & set(one.get("imageTags", []))
    ]


def pull(environment: Environment, release: str) -> None:
    """Have a release's images on every host, so that a deploy's time is not the registry's."""
    variables = environment.variables
    client = boto3.client(
        "ecr",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_DEFAULT_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    details = {
        one["repositoryUri"]: [
            detail
            for page in client.get_paginator("describe_images").paginate(
                repositoryName=one["repositoryName"]
            )
            for detail in page["imageDetails"]
        ]
        for page in client.get_paginator("describe_repositories").paginate()
        for one in page["repositories"]
    }
    found = images(release, details)
    if not found:
        raise Stop(f"ECR holds no image of {release}, which was just built.")
    print(f"==> pulling {release} onto {len(environment.hosts)} host(s)", flush=True)
    for one in found:
        # By digest, as a deploy does: its clean-up then removes them again.
        environment.on_hosts(f"env AWS_ECR_DISABLE_CACHE=true docker pull --quiet {one}")
