"""What playbooks and hosts called in the lab is allowed: by docs/iam, by the instances' role.

Named to run last: it judges what all tests before it have called.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.policies import simulate, store
from tests.e2e.runs import PLAYED, RECORD
from tests.provisioning.permissions import PLANS, place_of
from tests.unit.pipeline import as_lists

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(not RECORD, reason="this lab was started without LAB_RECORD=FILE"),
]
# As docs/iam/README.md has it; any other playbook is one of `deploy`.
BOTH = ("provision", "deploy")
BACKUP = (*BOTH, "backup")
NEEDS = {
    "provision": ("provision",), "site": BOTH, "scale": BOTH, "destroy": ("destroy",),
    "unlock": ("destroy",), "backup": BACKUP, "restore": BACKUP, "restore_drill": BACKUP,
    "repoint": BACKUP,
}  # fmt: skip
OPERATOR = "AWS_ACCESS_KEY_ID"
INSTANCE = "arn:aws:iam::123456789012:policy/milky-way-admin-panel-qa-instance"


def needs(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The operations whose policies somebody has who types this."""
    (playbook,) = (Path(one).stem for one in arguments if one.endswith(".yml"))
    if playbook in PLANS:
        return ("plan",)
    found = NEEDS.get(playbook, ("deploy",))
    if "--check" not in arguments:
        return found
    return tuple("plan" if one in ("provision", "destroy") else one for one in found)


def calls(part: slice = slice(None)) -> list[dict[str, Any]]:
    """The calls of a part of the record."""
    return [json.loads(line) for line in Path(RECORD or "").read_bytes()[part].splitlines()]


def test_operators_policies_allow_what_playbooks_call(site, environment):
    ran = {needs(arguments) for arguments, _ in PLAYED}
    assert BOTH in ran
    lacking: dict[str, None] = {}
    for arguments, part in PLAYED:
        operations = needs(arguments)
        policies = [one for name in operations for one in store.kept(name)]
        ours = [one for one in calls(part) if one["key"] == environment[OPERATOR]]
        for refused in simulate.refused(ours, policies, place_of("qa")):
            lacking[f"{' and '.join(operations)} ({arguments[0]}): {refused}"] = None
    assert not lacking, "\n".join(lacking)


def test_the_instances_role_allows_what_hosts_call(site, environment, aws):
    iam = aws("iam")
    policy = iam.get_policy(PolicyArn=INSTANCE)["Policy"]
    version = iam.get_policy_version(PolicyArn=INSTANCE, VersionId=policy["DefaultVersionId"])
    document = as_lists(version["PolicyVersion"]["Document"])
    # Sessions have such keys; whoever plays EC2 and hands them out has another one.
    theirs = [one for one in calls() if one["key"].startswith("ASIA")]
    assert {"secretsmanager", "logs", "ecr"} <= {one["service"] for one in theirs}
    assert simulate.refused(theirs, [document], place_of("qa")) == []
