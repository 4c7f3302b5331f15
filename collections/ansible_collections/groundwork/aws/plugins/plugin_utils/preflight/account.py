# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The account at the other end: whose credentials these are, whether it answers, its zones."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import zones
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import (
    Finding,
    nearest,
)

CREDENTIALS = "the credentials"
ENDPOINT = "AWS"
LAB = "In the lab: source <(make lab-env)."

# What AWS says of credentials, in words: what is wrong, what to do.
REFUSALS = {
    "ExpiredToken": ("have expired", "Log in again (aws sso login), or take new ones."),
    "ExpiredTokenException": ("have expired", "Log in again (aws sso login), or take new ones."),
    "RequestExpired": ("are refused as too old", "Set this machine's clock right."),
    "InvalidClientTokenId": (
        "are unknown to AWS: the access key or the session token is wrong",
        "Look at AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, or AWS_PROFILE.",
    ),
    "UnrecognizedClientException": (
        "are unknown to AWS: the access key or the session token is wrong",
        "Look at AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN, or AWS_PROFILE.",
    ),
    "SignatureDoesNotMatch": (
        "are wrong: the secret key does not belong to the access key",
        "Look at AWS_SECRET_ACCESS_KEY; copy it once more, without spaces.",
    ),
    "AccessDenied": (
        "may not even ask who they are",
        "Look at the policies and at the account's service control policies.",
    ),
}
# What boto3 raises before AWS is asked, by the name of its class.
TROUBLE = {
    "NoCredentialsError": (
        "are missing",
        f"Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. {LAB}",
    ),
    "PartialCredentialsError": (
        "are incomplete: {error}",
        f"Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. {LAB}",
    ),
    "ProfileNotFound": (
        "are missing: {error}",
        "Set AWS_PROFILE to a profile of ~/.aws/config, or unset it.",
    ),
    "TokenRetrievalError": ("have expired: {error}", "Log in again: aws sso login."),
    "SSOTokenLoadError": ("are missing: {error}", "Log in: aws sso login."),
    "UnauthorizedSSOTokenError": ("have expired: {error}", "Log in again: aws sso login."),
    "CredentialRetrievalError": ("cannot be had: {error}", "Correct what provides them."),
    "ConfigParseError": ("cannot be read: {error}", "Correct ~/.aws/config."),
}
UNREACHABLE = (
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "SSLError",
    "ProxyConnectionError",
    "HTTPClientError",
    "ConnectionError",
)


def check(
    account: str | None, region: str, letters: list[str] | None, place: str, home: str
) -> list[Finding]:
    """Everything that is wrong with the account; `letters` are zones that it must have.

    `place` is the inventory's folder as shown, `home` Ansible's. Each is asked by boto3 as every module asks: the same credentials, region and endpoint.
    """
    try:
        import boto3
        import botocore.config
        import botocore.exceptions
    except ImportError:
        return []  # machine.py names what is missing
    config = botocore.config.Config(
        connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5}
    )
    found = _check_region(region)
    if found:
        return found
    try:
        session = boto3.session.Session(region_name=region)
        answer = session.client("sts", config=config).get_caller_identity()
        if not isinstance(answer.get("Account"), str):
            return [_foreign()]
        found += _compare(answer, account, place)
        if letters:
            ec2 = partial(session.client, "ec2", config=config)
            found += zones.check(ec2, answer["Account"], region, letters, home)
    except botocore.exceptions.ClientError as error:
        found.append(_refused(error))
    except (AttributeError, KeyError, TypeError):  # botocore takes any XML for an answer
        found.append(_foreign())
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        found.append(_trouble(error, region))
    return found


def _check_region(region: str) -> list[Finding]:
    """An emulator, or a name server that answers everything, would take any region."""
    from botocore.loaders import Loader

    partitions = Loader().load_data("partitions")["partitions"]
    known = {name for partition in partitions for name in partition["regions"]}
    if region in known:
        return []
    near = nearest(region, known)
    write = f"Write {near}." if near else "Write one as in us-east-1."
    says = f"{region} is no region that boto3 knows"
    return [Finding("aws_region", says, f"{write} For a new region, update boto3.")]


def _compare(answer: dict[str, Any], account: str | None, place: str) -> list[Finding]:
    if account is None or answer["Account"] == account:
        return []
    says = f"is {account}, but these credentials belong to account {answer['Account']} ({answer['Arn']})"
    write = f"Take other credentials (AWS_PROFILE), or correct it in {place}/group_vars/all/."
    return [Finding("aws_account_id", says, write)]


def _foreign() -> Finding:
    """A proxy's login page, or whatever else listens there, answers too."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL")
    says = f"is answered by something else{f' at {endpoint}' if endpoint else ''}: no account is in its answer"
    write = "Look at AWS_ENDPOINT_URL, and at this machine's proxy."
    return Finding(ENDPOINT, says, write)


def _refused(error: Any) -> Finding:
    if "Error" not in error.response:
        return _foreign()
    code = error.response["Error"].get("Code", "")
    if code in REFUSALS:
        return Finding(CREDENTIALS, *REFUSALS[code])
    says = f"refuses {error.operation_name}: {code} {error.response['Error'].get('Message', '')}"
    return Finding(
        ENDPOINT, says.strip().rstrip("."), "Correct that and run the same command again."
    )


def _trouble(error: Exception, region: str) -> Finding:
    names = [kind.__name__ for kind in type(error).__mro__]
    text = " ".join(str(error).split()).rstrip(".")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL")
    for name in names:
        if name in TROUBLE:
            says, write = TROUBLE[name]
            return Finding(CREDENTIALS, says.format(error=text), write)
    if "SSLError" in names:
        write = "Trust its certificate authority: AWS_CA_BUNDLE names the file."
        return Finding(ENDPOINT, f"cannot be trusted: {text}", write)
    if isinstance(error, ValueError):
        says = f"is said to be at {endpoint}, which is no address: {text}"
        return Finding(
            "AWS_ENDPOINT_URL", says, "Write it as in http://127.0.0.1:5000, or unset it."
        )
    if any(name in UNREACHABLE for name in names):
        if endpoint:
            write = f"Start what listens at {endpoint}, or correct or unset AWS_ENDPOINT_URL. {LAB}"
        else:
            write = f"Look at this machine's network and proxy, and at aws_region ({region})."
        return Finding(ENDPOINT, f"does not answer: {text}", write)
    return Finding(ENDPOINT, f"cannot be asked: {text}", "Correct that and run it again.")
