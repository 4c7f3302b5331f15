"""Batches of hosts are what Ansible makes of `serial`."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible.executor.playbook_executor import PlaybookExecutor
from ansible_collections.groundwork.aws.plugins.filter.batches import batches


def ansibles(hosts, size):
    """What Ansible makes of `serial: [1, size]`."""
    inventory = SimpleNamespace(get_hosts=lambda pattern, order: list(hosts))
    play = SimpleNamespace(hosts="all", order=None, serial=[1, size])
    return PlaybookExecutor._get_serialized_batches(SimpleNamespace(_inventory=inventory), play)


@pytest.mark.parametrize("size", [1, 2, "3", 50, "0%", "10%", "25%", "33%", "50%", "100%"])
def test_batches_are_those_of_serial(size):
    for count in range(13):
        hosts = [f"app-{number}" for number in range(count)]
        assert batches(hosts, size) == ansibles(hosts, size)


def test_the_first_host_is_alone():
    assert batches(["a", "b", "c", "d", "e"], "50%") == [["a"], ["b", "c"], ["d", "e"]]


@pytest.mark.parametrize("size", ["29%", 0])
def test_odd_sizes_are_those_of_serial(size):
    hosts = [f"app-{number}" for number in range(100)]
    assert batches(hosts, size) == ansibles(hosts, size)
