"""A dashboard carries tags, and one that there is not is answered by its code.

API reference, PutDashboard, Tags: taken when the dashboard is made. TagResource, UntagResource and
ListTagsForResource take its ARN, and the tagging API lists it. moto 5.2 knows tags of alarms only.
"""

from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult

from lab.emulator.mends import mend


def _arn(backend: CloudWatchBackend, name: str) -> str:
    return f"arn:aws:cloudwatch::{backend.account_id}:dashboard/{name}"


@mend(CloudWatchResponse, "put_dashboard")
def _put(original: Any, self: CloudWatchResponse) -> ActionResult:
    backend, name = self.cloudwatch_backend, self._get_param("DashboardName")
    new = name not in backend.dashboards
    answer = original(self)
    tags = self._get_param("Tags", [])
    if new and tags:
        backend.tagger.tag_resource(_arn(backend, name), tags)
    return answer


@mend(CloudWatchBackend, "delete_dashboards")
def _delete(original: Any, self: CloudWatchBackend, dashboards: list[str]) -> str | None:
    refused = original(self, dashboards)
    if refused is None:
        for name in dashboards:
            self.tagger.delete_all_tags_for_resource(_arn(self, name))
    return refused


@mend(CloudWatchBackend, "tag_resource")
def _tag(original: Any, self: CloudWatchBackend, arn: str, tags: dict[str, str]) -> None:
    if arn in {_arn(self, name) for name in self.dashboards}:
        self.tagger.tag_resource(arn, self.tagger.convert_dict_to_tags_input(tags))
    else:
        original(self, arn, tags)


@mend(CloudWatchBackend, "iter_tagged_resources")
def _iterate(original: Any, self: CloudWatchBackend) -> Iterator[TaggedResource]:
    yield from original(self)
    for name in self.dashboards:
        arn = _arn(self, name)
        tags = self.tagger.get_tag_dict_for_resource(arn)
        yield TaggedResource(arn=arn, tags=tags, resource_type="cloudwatch:dashboard")
