"""Which kind of resource a module manages."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Kind
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.tables import KINDS

COLLECTIONS = ("amazon.aws.", "community.aws.", "groundwork.aws.")
# Ours, and no resource of a plan: they read, or write what a run remembers.
HELPERS = frozenset(
    {
        "amazon.aws.s3_object",
        "groundwork.aws.announce",
        "groundwork.aws.drift",
