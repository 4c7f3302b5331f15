# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What is wrong with an environment, as far as its files say: no call to AWS, no look at a machine."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.checks import (
    alarms,
    components,
    identity,
    network,
    services,
    sources,
    stores,
    unknown,
    values,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
)


def judge(environment: Environment, everything: bool = True) -> set[str] | None:
    """Note every finding in `environment.findings`.

    Without `everything` only who and where are judged, for verbs that read. Returns the names of
    variables without a sound value, or None where there is no environment to look into.
    """
    if not sources.check(environment):
        values.check_options(environment)
        return None
    values.check_options(environment)
    if not everything:
        unknown.check_names(environment, environment.extra)
        unsound = values.check_identity(environment)
        identity.check(environment, unsound)
        return unsound
    unknown.check(environment)
    components.check(environment)
    unsound = values.check(environment)
    for check in (identity, network, services, stores, alarms):
        check.check(environment, unsound)
    if not environment.findings:
        environment.findings += environment.derived
    return unsound
