"""A metric filter is one by its name and log group, and goes with the group.

API reference, PutMetricFilter: «Creates or updates a metric filter». moto 5.2 adds a second one of
the same name. DeleteLogGroup takes all that belongs to the group; moto leaves its filters to the
next group of that name.
"""

from typing import Any

from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogsBackend

from lab.emulator.mends import mend


@mend(MetricFilters, "add_filter")
def _put(
    original: Any, self: MetricFilters, filter_name: str, pattern: str, group: str, metrics: Any
) -> None:
    self.delete_filter(filter_name, group)
    original(self, filter_name, pattern, group, metrics)


@mend(LogsBackend, "delete_log_group")
def _delete(original: Any, self: LogsBackend, log_group_name: str) -> None:
    original(self, log_group_name)
    kept = self.filters.metric_filters
    kept[:] = [one for one in kept if one["logGroupName"] != log_group_name]
