#!/usr/bin/python
# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Read what ECR's vulnerability scan found in an image, once it has looked."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ecr_image_scan_info
short_description: Read what ECR's scan found in an image
description:
  - Waits until ECR has scanned one image, and tells each vulnerability with its package and whether there is a correction.
  - ECR's basic scan does not tell whether a vulnerability can be corrected. Its enhanced scan (Amazon Inspector) does.
  - Written because no module of amazon.aws or community.aws reads the findings of a scan.
version_added: 0.2.0
author: Groundwork contributors
options:
  repository:
    description: Name of the repository.
    type: str
    required: true
  digest:
    description: Digest of the image's manifest.
    type: str
    required: true
  wait_timeout:
    description: Seconds until the scan that began with the push must be through.
    type: int
    default: 600
  wait_delay:
    description: Seconds between two looks.
    type: int
    default: 5
attributes:
  check_mode:
    description: Nothing is changed.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Read what was found
  groundwork.aws.ecr_image_scan_info:
    repository: shop-qa-api
    digest: sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b
  register: scan
"""

RETURN = r"""
status:
  description: How the scan ended, V(COMPLETE), or V(ACTIVE) where Amazon Inspector goes on watching the image.
  returned: success
  type: str
scanned_at:
  description: When it ended, where ECR tells.
  returned: success
  type: str
findings:
  description: One for each vulnerability and package.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Number of the vulnerability, such as V(CVE-2026-1234).
      type: str
    severity:
      description: One of V(CRITICAL), V(HIGH), V(MEDIUM), V(LOW), V(INFORMATIONAL), V(UNDEFINED).
      type: str
    package:
      description: The package that has it.
      type: str
    version:
      description: The package's version in the image.
      type: str
    fixed_in:
      description: The version that corrects it. Empty where ECR does not tell.
      type: str
    fix:
      description: Whether there is a correction, V(yes), V(partial), V(no), or V(unknown) where ECR does not tell.
      type: str
    uri:
      description: A page about it.
      type: str
"""

import time
from collections.abc import Iterator
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.groundwork.aws.plugins.module_utils.resource import error_code

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass

THROUGH = ("COMPLETE", "ACTIVE")
UNDER_WAY = ("IN_PROGRESS", "PENDING")
HINTS = {
    "UNSUPPORTED_IMAGE": "ECR knows no packages in such an image, such as one FROM scratch.",
    "NONE": "Is scan_on_push set for the repository? playbooks/provision.yml --limit registry sets it.",
}


def basic(finding: dict[str, Any]) -> Iterator[dict[str, str]]:
    """A finding of the basic scan."""
    told = {one["key"]: one.get("value", "") for one in finding.get("attributes", [])}
    yield {
        "id": finding.get("name", ""),
        "severity": finding.get("severity", "UNDEFINED"),
        "package": told.get("package_name", ""),
        "version": told.get("package_version", ""),
        "fixed_in": "",
        "fix": "unknown",
        "uri": finding.get("uri", ""),
    }


def enhanced(finding: dict[str, Any]) -> Iterator[dict[str, str]]:
    """A finding of Amazon Inspector, once for each package."""
    about = finding.get("packageVulnerabilityDetails", {})
    for package in about.get("vulnerablePackages") or [{}]:
        fixed_in = package.get("fixedInVersion", "")
        yield {
            "id": about.get("vulnerabilityId") or finding.get("title", ""),
            "severity": finding.get("severity", "UNDEFINED"),
            "package": package.get("name", ""),
            "version": package.get("version", ""),
            # Inspector's word for none.
            "fixed_in": "" if fixed_in == "NotAvailable" else fixed_in,
            "fix": finding.get("fixAvailable", "unknown").lower(),
            "uri": about.get("sourceUrl", ""),
        }


def scanned(module: AnsibleAWSModule, client: Any, image: dict[str, Any]) -> str:
    """The status of a scan that is through, waited for."""
    deadline = time.monotonic() + module.params["wait_timeout"]
    while True:
        status, why = "NONE", ""
        try:
            answer = client.describe_image_scan_findings(**image, aws_retry=True)
            found = answer.get("imageScanStatus", {})
            status, why = found.get("status", "PENDING"), found.get("description", "")
        except ClientError as error:
            if error_code(error) != "ScanNotFoundException":
                raise
        if status in THROUGH:
            return status
        late = time.monotonic() > deadline
        if late or status not in (*UNDER_WAY, "NONE"):
            name = f"{image['repositoryName']}@{image['imageId']['imageDigest']}"
            took = f" after {module.params['wait_timeout']} s" if late else ""
            module.fail_json(
                msg=f"ECR has not scanned {name}{took}: {status}. {HINTS.get(status, why)}".strip(),
                status=status,
            )
        time.sleep(module.params["wait_delay"])


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "repository": {"type": "str", "required": True},
            "digest": {"type": "str", "required": True},
            "wait_timeout": {"type": "int", "default": 600},
            "wait_delay": {"type": "int", "default": 5},
        },
        supports_check_mode=True,
    )
    client = module.client("ecr", retry_decorator=AWSRetry.jittered_backoff(retries=8))
    image = {
        "repositoryName": module.params["repository"],
        "imageId": {"imageDigest": module.params["digest"]},
    }
    try:
        status = scanned(module, client, image)
        findings: list[dict[str, str]] = []
        scanned_at = ""
        for page in client.get_paginator("describe_image_scan_findings").paginate(**image):
            told = page.get("imageScanFindings", {})
            scanned_at = scanned_at or str(told.get("imageScanCompletedAt", ""))
            for one in told.get("findings", []):
                findings.extend(basic(one))
            for one in told.get("enhancedFindings", []):
                findings.extend(enhanced(one))
    except (ClientError, BotoCoreError) as error:
        module.fail_json_aws(error, msg=f"The scan of an image of {module.params['repository']}")
    module.exit_json(changed=False, status=status, scanned_at=scanned_at, findings=findings)


if __name__ == "__main__":
    main()
