"""Recorded calls are judged by a policy, offline: which would AWS refuse?

Names are compared, and the tags that a request gives. That a resource with an id of AWS's making
carries our tags cannot be read from a request: it is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from scripts.policies.reference import SCOPES, Kind, action_of, implied, kinds, types

Call = dict[str, Any]
Statement = dict[str, Any]


def refused(calls: list[Call], policies: list[Statement], values: dict[str, str]) -> list[str]:
    """What of recorded calls no statement allows, each once: `rds:DeleteDBInstance on arn:...`."""
    statements = [one for policy in policies for one in policy["Statement"]]
    found: dict[str, None] = {}
    for call in calls:
        # The service refused it before IAM was asked, or the caller did not sign.
        if call["service"] == "unsigned":
            continue
        for action, resource in requests(call, values):
            if not any(allows(one, action, resource, call, values) for one in statements):
                found[f"{action} on {resource}"] = None
    return list(found)


def requests(call: Call, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What IAM is asked for a call: pairs of action and resource."""
    action = action_of(call["service"], call["action"])
    for one in filter(None, [action, *implied(action)] if _tags(call) else [action]):
        if one.endswith("@"):
            continue
        asked = [] if one == "ec2:CreateTags" else list(kinds(one))
        if one != action:
            own = {kind.name for kind in kinds(action)} or {kind.name for kind in asked}
            asked = [kind for kind in asked if kind.name in own]
        resources = [arn for kind in asked for arn in resources_of(kind, call, values)]
        if one in SCOPES["lists"]:
            # A policy may allow one name only; a call that names none lists everything.
            named = [kind for kind in types(one) if set(kind.by) & call.get("about", {}).keys()]
            resources = [arn for kind in named for arn in resources_of(kind, call, values)] or ["*"]
        elif not asked:
            resources = ["*"] if one != "ec2:CreateTags" else ["arn:aws:ec2:<region>:<account>:x/x"]
        yield from ((one, fill(resource, values)) for resource in resources)


def resources_of(kind: Kind, call: Call, values: dict[str, str]) -> list[str]:
    """The ARNs of a type that a call names; where it names none of a type that it must, ours."""
    if kind.name.startswith("s3:"):
        return [f"arn:aws:s3:::{call['path'].strip('/')}"]
    said = {name: text for name, text in call.get("about", {}).items() if name != "tags"}
    form = [fill(arn, values) for arn in kind.arns(["*"])]
    arns = [text for text in said.values() if any(fnmatchcase(text, one) for one in form)]
    by = kind.by
    given = [said[member] for member in by if member in said]
    names = [name.removeprefix("alias/") for name in given if name not in arns]
    if arns or names:
        return arns + ([arn.replace("*", "x") for arn in kind.arns(names)] if names else [])
    if by and not said and (kind.required or call["action"].startswith("Describe")):
        return kind.arns(["*"])  # a list of all of them: a policy has to allow every name
    return kind.arns() if kind.required else []


def allows(
    statement: Statement, action: str, resource: str, call: Call, values: dict[str, str]
) -> bool:
    """Whether one statement allows one action on one resource."""
    resources = [statement["Resource"]] if statement["Resource"] == "*" else statement["Resource"]
    return (
        action in statement["Action"]
        and any(fnmatchcase(resource, fill(pattern, values)) for pattern in resources)
        and all(
            _holds(key, fill_all(wanted, values), call)
            for block in statement.get("Condition", {}).values()
            for key, wanted in block.items()
        )
    )


def _holds(key: str, wanted: Any, call: Call) -> bool:
    accepted = wanted if isinstance(wanted, list) else [wanted]
    if key.startswith("aws:RequestTag/"):
        return _tags(call).get(key.partition("/")[2]) in accepted
    if key == "ec2:CreateAction":
        return call["action"] in accepted
    if key == "iam:PolicyARN":
        arn = call.get("about", {}).get("PolicyArn", "")
        return any(fnmatchcase(arn, pattern) for pattern in accepted)
    if key.startswith(("aws:ResourceTag/", "kms:", "iam:", "cloudwatch:")):
        return True
    raise ValueError(f"The simulation does not know the condition key {key}.")


def _tags(call: Call) -> dict[str, str]:
    return call.get("about", {}).get("tags", {})


def fill(text: str, values: dict[str, str]) -> str:
    """A text with an environment's values for its placeholders."""
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text


def fill_all(content: Any, values: dict[str, str]) -> Any:
    """The same for all texts of a document."""
    if isinstance(content, dict):
        return {fill(name, values): fill_all(one, values) for name, one in content.items()}
    if isinstance(content, list):
        return [fill_all(one, values) for one in content]
    return fill(content, values) if isinstance(content, str) else content
