#!/usr/bin/python3
"""Fetch an application's secrets with this instance's role, into memory.

Reads /etc/groundwork/secrets.d/*.json and writes one file per item into
/run/groundwork/secrets/<name>/ (a tmpfs): mode 0400, owned by the application's user. Either all
files of an application are written or none. Prints version ids, never a value.
"""

import argparse
import hashlib
import json
import os
import string
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    NoCredentialsError,
)

CONFIGURATION = Path("/etc/groundwork/secrets.d")
ROOT = Path("/run/groundwork/secrets")
PAUSE = 3  # seconds between two attempts while something is out of reach

# What passes by itself: the network, the metadata service or the API is not up yet.
OUT_OF_REACH = (ConnectionError, HTTPClientError, NoCredentialsError)
PASSING_CODES = {"InternalServiceError", "InternalFailure", "ServiceUnavailable"}
PASSING_CODES |= {"ThrottlingException", "Throttling", "RequestLimitExceeded"}


class SecretsError(Exception):
    """Says what is wrong and what to do about it; never holds a value."""


class Fields(string.Formatter):
    """`{password}` gives a field of a JSON secret, `{password:url}` the same encoded for a URL."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Render one field; only the specification `url` is known."""
        text = value if isinstance(value, str) else json.dumps(value)
        if format_spec == "url":
            return urllib.parse.quote(text, safe="")
        if format_spec:
            raise SecretsError(f"a format says {format_spec!r} of a field: only url is known")
        return text

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        """Look a field up by its plain name: no attribute or index of a value is reachable."""
        if field_name not in kwargs:
            raise SecretsError(
                f"the format names the field {field_name!r}, the secret has {sorted(kwargs)}"
            )
        return kwargs[field_name], field_name


def render(item: dict[str, Any], secret: str) -> str:
    """Give the text of an item's file from the secret's stored text."""
    template = item.get("format")
    if template is None:
        return secret
    try:
        fields = json.loads(secret)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        # `from None`: a parse error quotes the text that it could not parse.
        raise SecretsError(
            f"{item['name']}: secret {item['secret_id']} is not a JSON object, but has a format"
        ) from None
    try:
        return Fields().vformat(template, (), fields)
    except SecretsError as error:
        raise SecretsError(f"{item['name']}: secret {item['secret_id']}: {error}") from None
    except ValueError:
        raise SecretsError(f"{item['name']}: its format has unbalanced braces") from None


def advice(item: dict[str, Any], error: ClientError) -> str:
    """Say in one line what stands in the way of reading an item's secret."""
    secret_id, code = item["secret_id"], error.response["Error"]["Code"]
    if code == "ResourceNotFoundException":
        return (
            f"{item['name']}: secret {secret_id} does not exist or has no version "
            f"{item['version_stage']}: create it (playbooks/provision.yml), or correct its name"
        )
    if code in {"AccessDeniedException", "AccessDenied", "UnrecognizedClientException"}:
        action = "kms:Decrypt" if "kms" in str(error).lower() else "secretsmanager:GetSecretValue"
        return (
            f"{item['name']}: the instance's role may not read secret {secret_id}: "
            f"it needs {action} ({code})"
        )
    if code == "InvalidRequestException":
        return f"{item['name']}: secret {secret_id} is scheduled for deletion: restore it"
    return f"{item['name']}: secret {secret_id}: {code}"


def fetch(client: Any, items: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Read each secret once; give `{(id, stage): {text, version}}` as answered by the API."""
    answers: dict[tuple[str, str], dict[str, str]] = {}
    for item in items:
        key = (item["secret_id"], item["version_stage"])
        if key in answers:
            continue
        try:
            answer = client.get_secret_value(SecretId=key[0], VersionStage=key[1])
        except ClientError as error:
            if error.response["Error"]["Code"] in PASSING_CODES:
                raise
            raise SecretsError(advice(item, error)) from None
        if "SecretString" not in answer:
            raise SecretsError(f"{item['name']}: secret {key[0]} is binary, only text is supported")
        answers[key] = {"text": answer["SecretString"], "version": answer["VersionId"]}
    return answers


def patiently(client: Any, items: list[dict[str, Any]], patience: float) -> dict:
    """Fetch, again and again for `patience` seconds while something is merely out of reach."""
    until = time.monotonic() + patience
    while True:
        try:
            return fetch(client, items)
        except (*OUT_OF_REACH, ClientError) as error:
            if time.monotonic() >= until:
                raise SecretsError(
                    f"Secrets Manager could not be reached with the instance's role: {error}. "
                    "Has the instance a profile, and a way to the API?"
                ) from None
            print(f"waiting: {error}", file=sys.stderr, flush=True)
            time.sleep(PAUSE)
        except BotoCoreError as error:
            raise SecretsError(str(error)) from None


def write(folder: Path, files: dict[str, str], owner: int, group: int) -> None:
    """Make `folder` hold exactly `files`: all new texts stand ready before the first is renamed.

    A file whose text is the same is left alone, so a running container keeps a live mount.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    staged: list[tuple[Path, Path]] = []
    try:
        for name, text in files.items():
            target, new = folder / name, folder / f".{name}.new"
            if not (target.exists() and target.read_text() == text):
                new.unlink(missing_ok=True)
                new.touch(mode=0o400)
                new.write_text(text)
                staged.append((new, target))
            current = new if (new, target) in staged else target
            os.chown(current, owner, group)
            current.chmod(0o400)
    except OSError:
        for new, _ in staged:
            new.unlink(missing_ok=True)
        raise
    for new, target in staged:
        new.rename(target)
    for left in folder.iterdir():
        if left.name not in files:
            left.unlink()


def put_versions(path: Path, versions: dict[str, dict[str, str]]) -> None:
    """Replace the record of version ids at once; it holds no value and anybody may read it."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")
    new.chmod(0o644)
    new.rename(path)


def read(
    configuration: dict[str, Any], patience: float
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Fetch the secrets of one application; give their texts and their versions by file name."""
    items = configuration["items"]
    client = boto3.client(
        "secretsmanager",
        region_name=configuration["region"],
        config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2}),
    )
    answers = patiently(client, items, patience) if items else {}
    files, versions = {}, {}
    for item in items:
        answer = answers[item["secret_id"], item["version_stage"]]
        files[item["name"]] = render(item, answer["text"])
        versions[item["name"]] = {
            "secret_id": item["secret_id"],
            "version_id": answer["version"],
            # A new format makes a new text of the same version: whoever compares must see it.
            "format": hashlib.sha256((item.get("format") or "").encode()).hexdigest()[:12],
        }
    return files, versions


def provide(configuration: dict[str, Any], patience: float, root: Path = ROOT) -> dict:
    """Fetch and write the secrets of one application; give their versions by file name."""
    files, versions = read(configuration, patience)
    write(root / configuration["name"], files, configuration["owner"], configuration["group"])
    put_versions(root / f"{configuration['name']}.versions.json", versions)
    (root / f"{configuration['name']}.rotated.json").unlink(missing_ok=True)
    return versions


def watch(configuration: dict[str, Any], root: Path = ROOT) -> list[str]:
    """Tell which files of an application would have another version now; keep their names."""
    path = root / f"{configuration['name']}.versions.json"
    held = json.loads(path.read_text()) if path.exists() else {}
    _, versions = read(configuration, 0)
    names = sorted(name for name in versions if versions[name] != held.get(name))
    told = root / f"{configuration['name']}.rotated.json"
    if names:
        new = told.with_suffix(".new")
        new.write_text(json.dumps(names) + "\n")
        new.chmod(0o644)
        new.rename(told)
    else:
        told.unlink(missing_ok=True)
    return names


def look() -> int:
    """Tell the versions that would be fetched for the configuration on standard input."""
    try:
        _, versions = read(json.load(sys.stdin), 0)
    except SecretsError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(versions))
    return 0


def main() -> int:
    """Provide, or watch, every configured application; give 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patience", type=float, default=90, help="seconds to wait")
    parser.add_argument(
        "--look", action="store_true", help="print the versions that standard input's would bring"
    )
    parser.add_argument(
        "--watch", action="store_true", help="tell what was rotated since it was fetched"
    )
    options = parser.parse_args()
    # One attempt of one second is botocore's own: a busy host, or many that start, needs longer.
    os.environ.setdefault("AWS_METADATA_SERVICE_TIMEOUT", "5")
    os.environ.setdefault("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "3")
    if options.look:
        return look()
    status = 0
    for path in sorted(CONFIGURATION.glob("*.json")):
        configuration = json.loads(path.read_text())
        try:
            if options.watch:
                for name in watch(configuration):
                    print(f"{configuration['name']}: {name} was rotated: playbooks/refresh.yml")
                continue
            versions = provide(configuration, options.patience)
        except (SecretsError, OSError) as error:
            print(f"{configuration['name']}: {error}", file=sys.stderr)
            status = 1
            continue
        for name, version in versions.items():
            print(f"{configuration['name']}: {name} = version {version['version_id']}")
    return status


if __name__ == "__main__":
    sys.exit(main())
