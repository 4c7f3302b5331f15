"""Policies from actions: what each may touch is as narrow as its service allows."""

from __future__ import annotations

import json
from typing import Any

from scripts.policies.reference import SCOPES, Kind, action_of, implied, keys, kinds, level

LIMIT = 6144  # characters of a managed policy, without white space
OURS = {"Project": "<project>", "Environment": "<environment>"}
Statement = dict[str, Any]

WHOSE = {"aws:ResourceTag": "Ours", "aws:RequestTag": "New", "tagging": "Tags"}


def tagged(key: str) -> Statement:
    """The condition that a resource, or the request, carries our tags."""
    if key == "tagging":
        # Whatever has no project yet may become ours, what is another project's may not.
        mine = {f"aws:ResourceTag/{name}": value for name, value in OURS.items()}
        return {**tagged("aws:RequestTag"), "StringEqualsIfExists": mine}
    return {"StringEquals": {f"{key}/{name}": value for name, value in OURS.items()}}


def statements(calls: list[str]) -> list[Statement]:
    """The statements that allow calls, each `service:Operation`."""
    actions = {action for call in calls if (action := action_of(*call.split(":")))}
    called = frozenset(actions)
    actions |= {one for action in actions for one in implied(action)}
    wide: set[str] = set()
    groups: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    creating = sorted(
        action.partition(":")[2] for action in actions if "ec2:CreateTags" in implied(action)
    )
    found: dict[str, Statement] = {}
    for action in sorted(actions):
        if special := SCOPES["statements"].get(action):
            found[special["Sid"]] = special
        elif action == "ec2:CreateTags":
            found |= {one["Sid"]: one for one in tagging(creating, f"ec2:{'CreateTags'}" in calls)}
        elif not kinds(action):
            _without_resource(action, wide, groups)
        for kind in () if special or action == "ec2:CreateTags" else kinds(action):
            for group in _groups(action, kind, called):
                names, arns = groups.setdefault(group, (set(), set()))
                names.add(action)
                arns |= set(kind.arns())
    result = [
        {
            "Sid": _title(service) + WHOSE.get(key, ""),
            "Effect": "Allow",
            "Action": sorted(names),
            "Resource": sorted(arns),
            **_condition(service, key),
        }
        for (service, key), (names, arns) in sorted(groups.items())
    ]
    if wide:
        wide_one = {"Sid": "NoResourceInIAM", "Effect": "Allow", "Action": sorted(wide)}
        result.insert(0, {**wide_one, "Resource": "*"})
    return result + [{"Sid": name, "Effect": "Allow", **one} for name, one in sorted(found.items())]


def _title(text: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in text.split(":"))


def _condition(group: str, key: str) -> Statement:
    condition = tagged(key) if key else SCOPES["conditions"].get(group)
    return {"Condition": condition} if condition else {}


def _groups(action: str, kind: Kind, called: frozenset[str]) -> list[tuple[str, str]]:
    """The statements of an action on a type: the service of each, and whose tags are judged."""
    service = action.partition(":")[0]
    if action in SCOPES["conditions"]:
        return [(action, "")]
    if not (kind.scope or {}).get("tagged"):
        return [(service, "")]
    ours = (service, "aws:ResourceTag" if kind.judges("aws:ResourceTag", action) else "")
    if "Tagging" in level(action) and kind.judges("aws:RequestTag", action):
        # At creation, and where tags of ours are mended, which names only some of them.
        return [(service, "tagging"), ours] if action in called else [(service, "tagging")]
    if kind.is_new:
        # What the call makes besides and gives no tags: nothing of it can be judged.
        untagged = kind.name in SCOPES["untagged"].get(action, [])
        return [(service, "" if untagged else "aws:RequestTag")]
    return [ours]


def _without_resource(action: str, wide: set[str], groups: dict) -> None:
    """An action without resources is bound to the request's tags at least, where it knows them."""
    if level(action) == "Write" and "aws:RequestTag/${TagKey}" in keys(action):
        names, arns = groups.setdefault(
            (action.partition(":")[0], "aws:RequestTag"), (set(), set())
        )
        names.add(action)
        arns.add("*")
    else:
        wide.add(action)


def tagging(creating: list[str], later: bool) -> list[Statement]:
    """EC2's tags: at creation, and later on what carries ours already."""
    anything = ["arn:aws:ec2:<region>:<account>:*/*"]
    made = {"Sid": "Ec2TagsAtCreation", "Action": ["ec2:CreateTags"], "Resource": anything}
    condition = tagged("aws:RequestTag")
    condition["StringEquals"]["ec2:CreateAction"] = creating
    found = [{**made, "Condition": condition}] if creating else []
    if later:
        ours = {"Sid": "Ec2TagsOfOurs", "Action": ["ec2:CreateTags"], "Resource": anything}
        found.append({**ours, "Condition": tagged("aws:ResourceTag")})
    return found


def size(policy: Statement) -> int:
    """Characters as AWS counts them."""
    return len(json.dumps(policy, separators=(",", ":")))


def policies(calls: list[str]) -> list[Statement]:
    """The policies that allow calls, as many as their size asks for."""
    found: list[list[Statement]] = [[]]
    for statement in statements(calls):
        if size(_policy([*found[-1], statement])) > LIMIT - MARGIN:
            found.append([])
        found[-1].append(statement)
    return [_policy(one) for one in found]


# A project's name is longer than its placeholder.
MARGIN = 1400


def _policy(content: list[Statement]) -> Statement:
    return {"Version": "2012-10-17", "Statement": content}
