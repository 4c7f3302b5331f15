"""Which kind of resource a module manages."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Kind
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.tables import KINDS

COLLECTIONS = ("amazon.aws.", "community.aws.", "groundwork.aws.")
# Ours, and no resource of a plan: they read, write what a run remembers, or tell somebody.
HELPERS = frozenset(
    {
        "amazon.aws.s3_object",
        "community.aws.sns",
        "groundwork.aws.announce",
        "groundwork.aws.component_traces",
        "groundwork.aws.compose_slots",
        "groundwork.aws.cost_estimate",
        "groundwork.aws.drift",
        "groundwork.aws.environment_lock",
        "groundwork.aws.host_secrets",
        "groundwork.aws.http_probe",
        "groundwork.aws.metric_data",
        "groundwork.aws.preflight",
        "groundwork.aws.proxy_map",
        "groundwork.aws.saved_plan",
        "groundwork.aws.secret_version",
        "groundwork.aws.source_revision",
        "groundwork.aws.state_objects",
    }
)


def kind_of(module: str) -> Kind | None:
    """The kind that `module` (with its collection) manages; None where it manages none.

    A module of these collections that no table knows is a kind of its own name: it is shown all
    the same, with what its arguments tell.
    """
    if not module.startswith(COLLECTIONS) or module.endswith("_info") or module in HELPERS:
        return None
    return KINDS.get(module) or Kind(module.rpartition(".")[2])


def is_known(module: str) -> bool:
    """Whether a table knows `module`, or it manages nothing."""
    return module in KINDS or kind_of(module) is None
