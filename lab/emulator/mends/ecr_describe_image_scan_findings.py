"""A repository that scans on push has scanned what was pushed, and found what somebody put there.

User guide, image scanning: with scan on push, an image is scanned when it is pushed. moto 5.2 scans
only what StartImageScan names, and then finds an invented vulnerability. Findings are put there by
moto's own address, /moto-api/static/ecr/scan-finding-results, as a rehearsal of a bad image.
"""

from datetime import datetime
from typing import Any

from moto.ecr.models import ECRBackend

from lab.emulator import repositories
from lab.emulator.mends import mend

INVENTED = "CVE-9999-9999"


@mend(ECRBackend, "describe_image_scan_findings")
def _findings(
    original: Any,
    self: ECRBackend,
    registry_id: str,
    repository_name: str,
    image_id: dict[str, Any],
) -> dict[str, Any]:
    repository = self.repositories.get(repository_name)
    if repository:
        repositories.refresh(repository)
        if repository.image_scanning_configuration.get("scanOnPush"):
            for image in repository.images:
                image.last_scan = image.last_scan or datetime.fromtimestamp(image.image_pushed_at)
    answer = original(self, registry_id, repository_name, image_id)
    found = answer.get("imageScanFindings", {})
    if [one.get("name") for one in found.get("findings", [])] == [INVENTED]:
        found.update(findings=[], findingSeverityCounts={})
    return answer
