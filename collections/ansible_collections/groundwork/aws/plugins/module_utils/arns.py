# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What an ARN says: a resource's type and its name."""

from __future__ import annotations

import re

# Services whose resources have no type in their ARN, only a name.
UNTYPED = {"s3": "bucket", "sns": "topic", "sqs": "queue"}
# A balancer's and a target group's ARN ends with an id of AWS's, a secret's with six characters of chance.
IDENTIFIED = {"elasticloadbalancing"}
SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")


def split_arn(arn: str) -> tuple[str, str, str]:
    """Type (V(service:kind)), region and name of the resource that `arn` means.

    The name is what a person would call it: without a balancer's id, a secret's suffix or a log
    group's asterisk. Where AWS gives ids (ec2, kms, acm) it is the id.
    """
    _, _, service, region, _, resource = arn.split(":", 5)
    if service in UNTYPED and not re.match(r"[a-z-]+[:/]", resource):
        return f"{service}:{UNTYPED[service]}", region, resource
    match = re.match(r"([A-Za-z-]+)[:/](.*)$", resource)
    kind, name = match.groups() if match else ("", resource)
    if service in IDENTIFIED:
        parts = name.split("/")
        name = parts[1] if parts[0] in ("app", "net", "gwy") else parts[0]
    elif service == "secretsmanager":
        name = SUFFIX.sub("", name)
    elif service == "logs":
        name = name.removesuffix(":*")
    elif service == "iam" and kind != "oidc-provider":
        name = name.rpartition("/")[2]
    return f"{service}:{kind}".rstrip(":"), region, name
