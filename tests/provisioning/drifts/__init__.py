"""Changes made behind Groundwork's back, as a person in the console would make them."""

from __future__ import annotations

from drifts import compute, edge, identity, money, network, storage, stores, watching
from drifts.found import Client, Properties

PARTS = (network, storage, stores, identity, edge, compute, money, watching)


def drift(client: Client) -> Properties:
    """Change some of everything; returns type, name and property of each change."""
    return set().union(*(part.drift(client) for part in PARTS))
