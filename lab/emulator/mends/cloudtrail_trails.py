"""DescribeTrails and DeleteTrail concern the trails that they name, by name or by ARN.

API reference: `trailNameList` of DescribeTrails and `Name` of DeleteTrail take both, and
DeleteTrail of none answers TrailNotFoundException. moto 5.2 tells of all trails whatever was asked
for, and deletes none that is named by its ARN, as amazon.aws does.
"""

import json
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend
from moto.cloudtrail.responses import CloudTrailResponse

from lab.emulator.mends import mend


@mend(CloudTrailResponse, "describe_trails")
def _describe(original: Any, self: CloudTrailResponse) -> str:
    told = json.loads(original(self))
    wanted = self._get_param("trailNameList")
    if wanted:
        told["trailList"] = [
            one for one in told["trailList"] if {one["Name"], one["TrailARN"]} & set(wanted)
        ]
    return json.dumps(told)


@mend(CloudTrailBackend, "delete_trail")
def _delete(original: Any, self: CloudTrailBackend, name: str) -> None:
    trail = self.get_trail(name)
    self.tagging_service.delete_all_tags_for_resource(trail.arn)
    original(self, trail.trail_name)
