"""What ECR's scan found in a release lets it pass, or stops it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from permissions import place_of

from scripts.policies import simulate
from tests.unit.pipeline import policy

pytestmark = pytest.mark.slow

PREFIX = "milky-way-admin-panel-qa"
IMAGES = {"api": ("qa-1", "qa-1-migrate"), "web": ("qa-1",)}


@pytest.fixture(scope="module")
def release(account: Any) -> Any:
    """A release of three images, as a build leaves it."""
    ecr = account.client("ecr")
    for service, tags in IMAGES.items():
        name = f"{PREFIX}-{service}"
        ecr.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": True})
        for tag in tags:
            manifest = {
                "schemaVersion": 2,
                "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": {"digest": f"sha256:{service}{tag}"},
                "layers": [{"digest": f"sha256:{service}{tag}"}],
            }
            ecr.put_image(repositoryName=name, imageManifest=json.dumps(manifest), imageTag=tag)
    return account


def find(account: Any, vulnerability: str, fix: str) -> None:
    """Have the next look at the web's image find a critical vulnerability."""
    finding = {
        "severity": "CRITICAL",
        "fixAvailable": fix,
        "packageVulnerabilityDetails": {
            "vulnerabilityId": vulnerability,
            "vulnerablePackages": [{"name": "zlib", "version": "1.2", "fixedInVersion": "1.3"}],
        },
    }
    result = {
        "imageId": {"imageTag": "qa-1"},
        "repositoryName": f"{PREFIX}-web",
        "imageScanStatus": {"status": "ACTIVE"},
        "imageScanFindings": {"enhancedFindings": [finding]},
    }
    asked = urllib.request.Request(
        f"{account.url}/moto-api/static/ecr/scan-finding-results",
        json.dumps({"results": [result], "region": "us-east-1"}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(asked).close()


def test_a_release_passes_and_stops_by_what_is_found_in_it(release: Any) -> None:
    passed = release.play("scan", "qa", "-e", "release=qa-1")
    assert passed.code == 0, passed.output
    assert "api-migrate  nothing" in passed.output
    role = policy(project="milky-way-admin-panel", resource_prefix=PREFIX)
    assert simulate.refused(passed.calls, [role], place_of("qa")) == []

    find(release, "CVE-2026-1", "YES")
    page = release.folder / "page.md"
    stopped = release.play("scan", "qa", "-e", "release=qa-1", "-e", f"summary_file={page}")
    assert stopped.code == 2
    assert "CRITICAL CVE-2026-1 in zlib 1.2: corrected in 1.3" in page.read_text()
    assert "has 1 vulnerability of severity CRITICAL or worse" in page.read_text()
    assert passed.mutating == stopped.mutating == []

    accepted = json.dumps({"build_scan_accepted": {"CVE-2026-1": "not called"}})
    assert release.play("scan", "qa", "-e", "release=qa-1", "-e", accepted).code == 0


def test_a_release_that_nobody_built_is_no_clean_one(release: Any) -> None:
    missing = release.play("scan", "qa", "-e", "release=qa-2")
    assert missing.code == 2
    assert "no image of release qa-2 for api, api-migrate, web" in " ".join(missing.output.split())
