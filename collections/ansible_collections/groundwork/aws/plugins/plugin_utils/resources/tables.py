"""The tables of all services in one: module -> kind of resource."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources import (
    balancing,
    compute,
    database,
    dns,
    firewall,
    identity,
    network,
    own,
    stores,
    trails,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Kind

TABLES = (balancing, compute, database, dns, firewall, identity, network, own, stores, trails)
KINDS: dict[str, Kind] = {module: kind for table in TABLES for module, kind in table.KINDS.items()}
