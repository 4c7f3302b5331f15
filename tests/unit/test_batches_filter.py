"""In which batches hosts are deployed to."""

import pytest
from ansible_collections.groundwork.aws.plugins.filter.batches import batches

HOSTS = [f"app-{number}" for number in range(7)]


@pytest.mark.parametrize(
    "count, size, sizes",
    [
        (0, "50%", []),
        (1, "50%", [1]),
        (2, "50%", [1, 1]),
        (3, "50%", [1, 2]),
        (4, "50%", [1, 2, 1]),
        (7, "50%", [1, 4, 2]),
        (7, "29%", [1, 3, 3]),
        (7, "1%", [1] * 7),
        (7, "100%", [1, 6]),
        (7, 2, [1, 2, 2, 2]),
        (7, "5", [1, 5, 1]),
        (3, "10", [1, 2]),
    ],
)
def test_the_first_host_is_alone_then_a_count_or_a_share_rounded_up(count, size, sizes):
    found = batches(HOSTS[:count], size)
    assert [len(batch) for batch in found] == sizes
    assert [host for batch in found for host in batch] == HOSTS[:count]


def test_all_at_once_where_asked_for():
    assert batches(HOSTS, "50%", at_once=True) == [HOSTS]
    assert batches([], "50%", at_once=True) == []
