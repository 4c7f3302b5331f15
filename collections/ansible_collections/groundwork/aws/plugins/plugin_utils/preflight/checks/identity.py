# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""Who and where: the folder's name, the name in DNS, the dynamic inventory, names and tags."""

from __future__ import annotations

import os
import re

from ansible.plugins.loader import inventory_loader
from ansible_collections.groundwork.aws.plugins.filter.names import LIMITS
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.definition import (
    line_of,
    shown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.environment import (
    Environment,
    Unknown,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import Finding

# The longest that follow the prefix in names that must stay whole: -access-logs- and the account.
LONGEST = len("-access-logs-") + 12
LIMIT = LIMITS["s3_bucket"] - LONGEST
OURS = ("Project", "Environment", "ManagedBy", "Component", "Name", "PublicKeySha256")
TAG = re.compile(r"[\w\s+\-=.:/@]*")


def check(environment: Environment, unsound: set[str]) -> None:
    """Note where the environment's identity contradicts itself."""
    values = {}
    for name in ("project", "env", "aws_region", "domain", "hostname", "extra_tags"):
        if name not in unsound:
            try:
                values[name] = environment.value(name)
            except Unknown:
                continue
    _check_folder(environment, values)
    _check_length(environment, values)
    _check_host_name(environment, values)
    _check_dynamic(environment, values)
    _check_region(environment, values)
    _check_tags(environment, values.get("extra_tags") or {})


def _check_folder(environment: Environment, values: dict) -> None:
    folder, env = environment.folder.name, values.get("env")
    if env and env != folder and (environment.folder / "components.yml").is_file():
        says = f"is {env!r}, but the inventory is {shown(environment.folder)}"
        write = (
            f"Write {folder}, or name the folder {env}: two folders of one name share resources."
        )
        environment.complain("env", says, write)


def _check_length(environment: Environment, values: dict) -> None:
    if "project" not in values or "env" not in values:
        return
    prefix = f"{values['project']}-{values['env']}"
    if len(prefix) > LIMIT:
        says = f"makes names that begin with {prefix}: {len(prefix)} characters, {LIMIT} at most"
        room = LIMIT - len(values["env"]) - 1
        write = f"Shorten it to {room} characters, or the account is cut off the buckets' names."
        environment.complain("project", says, write)


def _check_host_name(environment: Environment, values: dict) -> None:
    name, domain = values.get("hostname"), values.get("domain")
    if name and domain and name != domain and not name.endswith(f".{domain}"):
        says = f"{name} is not within domain, {domain}"
        environment.complain("hostname", says, f"Write {values.get('env', 'qa')}.{domain}.")


def _check_dynamic(environment: Environment, values: dict) -> None:
    """The app hosts are found by tags and region, which the plugin cannot take from variables."""
    for path, data in environment.reading.plugins:
        name = str(data["plugin"])
        if not inventory_loader.find_plugin_with_context(name).resolved:
            says = f"{name} is no plugin that is installed: no host is found"
            write, line = "Write amazon.aws.aws_ec2.", _line(data, "plugin")
            environment.add(Finding("plugin", says, write, shown(path), line))
        if not name.endswith("aws_ec2"):
            continue
        filters = data.get("filters") if isinstance(data.get("filters"), dict) else {}
        wanted = {"tag:Project": values.get("project"), "tag:Environment": values.get("env")}
        for key, value in wanted.items():
            if value and filters.get(key) != value:
                says = f"is {filters.get(key)!r}, the environment's is {value!r}: no host is found"
                line = _line(filters, key)
                finding = Finding(f"filters.{key}", says, f"Write {value}.", shown(path), line)
                environment.add(finding)
        groups = data.get("groups")
        if not isinstance(groups, dict) or "app" not in groups:
            says = "has no group app, so no host is configured or deployed to"
            environment.add(Finding("groups", says, "Write groups: {app: true}.", shown(path)))
        regions = data.get("regions") or []
        region = values.get("aws_region")
        if region and region not in regions:
            said = ", ".join(map(str, regions)) if isinstance(regions, list) else regions
            says = f"is {said or 'not said'}, aws_region is {region}: no host is found"
            finding = Finding(
                "regions", says, f"Write [{region}].", shown(path), _line(data, "regions")
            )
            environment.add(finding)


def _line(data: dict, key: str) -> int | None:
    return next((line_of(name) for name in data if name == key), None)


def _check_region(environment: Environment, values: dict) -> None:
    region = values.get("aws_region")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        exported = os.environ.get(name)
        if not exported:
            continue
        if region and exported != region:
            says = f"is {exported} in your shell, but {shown(environment.folder)} is in {region}"
            environment.add(Finding(name, says, f"Write export {name}={region}, or unset {name}."))
        return


def _check_tags(environment: Environment, tags: dict) -> None:
    if not isinstance(tags, dict):
        return
    for key, value in tags.items():
        name, text = str(key), "" if value is None else str(value)
        says = write = ""
        if name.lower() in {ours.lower() for ours in OURS}:
            says, write = "is a tag that the project sets itself", "Take another name."
        elif name.lower().startswith("aws:"):
            says, write = "begins with aws:, which AWS keeps for itself", "Take another name."
        elif not name.strip():
            says, write = "has a name that is blank", "Write one, as in CostCenter."
        elif len(name) > 128:
            says, write = f"has a name of {len(name)} characters, AWS takes 128", "Shorten it."
        elif len(text) > 256:
            says, write = f"has {len(text)} characters, AWS takes 256", "Shorten it."
        elif isinstance(value, dict | list | bool) or value is None:
            says, write = "is no text", "Write text, in quotes where it looks like something else."
        elif not TAG.fullmatch(name) or not TAG.fullmatch(text):
            says = "has characters that AWS does not take"
            write = "Write letters, digits, spaces and + - = . _ : / @."
        if says:
            environment.complain("extra_tags", says, write, (key,))
    if len(tags) + len(OURS) > 50:
        says = f"has {len(tags)} tags, with ours {len(tags) + len(OURS)}: AWS takes 50"
        environment.complain("extra_tags", says, "Leave some out.")
