# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Who runs: user, host, process, and the address of the CI run."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from typing import Any

# What CI systems put into the environment of a job, as the address where people look at it.
_ADDRESSES = (
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
    "{CI_JOB_URL}",  # GitLab
    "{BUILD_URL}",  # Jenkins
    "{CIRCLE_BUILD_URL}",
    "{BUILDKITE_BUILD_URL}",
    "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
    "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",  # Azure
    "{TOWER_HOST}/#/jobs/playbook/{AWX_JOB_ID}",
)


def ci_url(environment: Mapping[str, str]) -> str:
    """The address of the CI run to which these variables belong; empty outside CI."""
    for address in _ADDRESSES:
        try:
            return address.format_map(environment)
        except KeyError:
            continue
    return ""


def user() -> str:
    """The name of the user who runs; the number where it has none, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def holder(operation: str, pid: int, environment: Mapping[str, str]) -> dict[str, Any]:
    """Who runs the operation: what the lock and the record of a run say of it."""
    return {
        "operation": operation,
        "user": user(),
        "host": socket.gethostname(),
        "pid": pid,
        "ci_url": ci_url(environment),
    }
