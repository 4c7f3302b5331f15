"""What a scan of an image found: read from ECR in both of its forms, judged, told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.groundwork.aws.plugins.filter import findings
from ansible_collections.groundwork.aws.plugins.modules import ecr_image_scan_info as scan

from tests.unit.host_roles import render

BASIC = {
    "name": "CVE-2026-1",
    "severity": "CRITICAL",
    "uri": "https://example.test/1",
    "attributes": [
        {"key": "package_name", "value": "zlib"},
        {"key": "package_version", "value": "1.2"},
    ],
}
ENHANCED = {
    "severity": "HIGH",
    "fixAvailable": "YES",
    "packageVulnerabilityDetails": {
        "vulnerabilityId": "CVE-2026-2",
        "vulnerablePackages": [
            {"name": "openssl", "version": "3.0.1", "fixedInVersion": "3.0.2"},
            {"name": "libssl", "version": "3.0.1", "fixedInVersion": "NotAvailable"},
        ],
    },
}


def one(**given: Any) -> dict[str, Any]:
    found = {"id": "CVE-2026-9", "severity": "CRITICAL", "fix": "yes", "fixed_in": "2"}
    return {"package": "p", "version": "1", **found, **given}


def test_the_basic_scan_does_not_tell_of_corrections() -> None:
    (found,) = scan.basic(BASIC)
    assert (found["id"], found["package"], found["version"]) == ("CVE-2026-1", "zlib", "1.2")
    assert found["fix"] == "unknown"


def test_inspector_tells_of_each_package() -> None:
    found = list(scan.enhanced(ENHANCED))
    assert [(f["package"], f["fixed_in"], f["fix"]) for f in found] == [
        ("openssl", "3.0.2", "yes"),
        ("libssl", "", "yes"),
    ]


@pytest.mark.parametrize(
    ("given", "stops"),
    [
        ({}, True),
        ({"fix": "partial"}, True),
        ({"fix": "unknown"}, True),
        ({"fix": "no"}, False),
        ({"severity": "HIGH"}, False),
        ({"id": "CVE-2026-8"}, False),
    ],
)
def test_what_can_be_corrected_and_nobody_accepted_stops(given: dict, stops: bool) -> None:
    accepted = {"CVE-2026-8": "not called"}
    assert bool(findings.blocking_findings([one(**given)], "CRITICAL", accepted)) is stops


def test_a_lower_bar_stops_at_what_is_worse_too() -> None:
    all_of_them = [one(severity=name) for name in findings.SEVERITIES]
    stopped = findings.blocking_findings(all_of_them, "MEDIUM", {})
    assert [found["severity"] for found in stopped] == ["CRITICAL", "HIGH", "MEDIUM"]


def test_the_page_names_what_stops_what_is_accepted_and_what_is_accepted_for_nothing() -> None:
    found = [one(), one(id="CVE-2026-8", fix="no"), one(id="CVE-2026-7", severity="LOW")]
    text = render(
        "build",
        "scan.j2",
        build_release_name="qa-1",
        build_scan_accepted={"CVE-2026-8": "not called", "CVE-2025-1": "long gone"},
        _build_scanned={"results": [{"item": {"item": {"name": "api"}}, "findings": found}]},
    )
    assert text.splitlines()[1:] == [
        "api          2 CRITICAL, 1 LOW",
        "  CRITICAL CVE-2026-9 in p 1: corrected in 2",
        "  accepted: CVE-2026-8 in p: not called",
        "CVE-2025-1 is accepted but was not found: take it out of build_scan_accepted.",
    ]
