"""Values and rules as words in a table's cell."""

from __future__ import annotations

import json
import re

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.rule import NAMES

FORMATS = {
    "any_cidr": "a range of addresses, such as `203.0.113.0/24`",
    "certificate_domain": "a domain, or `*.` and one",
    "cidr": "a private range of addresses, such as `10.20.0.0/16`",
    "cron": "AWS's cron expression of six fields, such as `cron(0 20 ? * MON-FRI *)`",
    "ipv4_cidr": "a range of IPv4 addresses, such as `203.0.113.0/24`",
    "lease": "a duration of 3s to 24h, such as `2m`",
    "memory": "an amount of memory, such as `384m`",
    "moment": "a time in UTC, or `latest`, such as `2026-11-21T10:00:00Z`",
    "new_file": "a file that can be written",
    "time_zone": "an IANA time zone, such as `Europe/Berlin`",
    "wildcard_domain": "a domain, such as `example.com` or `*.example.com`",
    "daily_window": "a time of day in UTC, `02:00-03:00`",
    "domain": "a domain, such as `example.com`",
    "weekly_window": "a time of the week in UTC, `sun:04:00-sun:05:00`",
}

MARKUP = re.compile(r"\b[CEOPV]\(([^()]*)\)")  # Ansible's, such as C(code)


def text(description: str | list[str]) -> str:
    """A description as one line."""
    lines = [description] if isinstance(description, str) else description
    return MARKUP.sub(r"`\1`", " ".join(" ".join(line.split()) for line in lines))


def value(content: object) -> str:
    """A value as it would be written in an inventory."""
    if isinstance(content, str):
        return content or '""'
    return json.dumps(content, ensure_ascii=False)


def cell(content: str) -> str:
    """Text that may stand in a table's cell."""
    return content.replace("|", "\\|").replace("\n", " ")


def code(content: str) -> str:
    """Text as code in a table's cell."""
    fence = "``" if "`" in content else "`"
    return f"{fence}{cell(content)}{fence}"


def accepts(rule: dict) -> str:
    """What a value may be, by its rule of preflight (plugin_utils/preflight/rule.py)."""
    if "choices" in rule:
        return ", ".join(f"`{value(choice)}`" for choice in rule["choices"])
    kind = rule.get("type", "raw")
    words = rule.get("called") or FORMATS.get(rule.get("format", "")) or NAMES.get(kind, "anything")
    if "called" in rule and "example" in rule:
        words += f", such as {code(value(rule['example']).strip(chr(34) + chr(39)))}"
    least, most = rule.get("min"), rule.get("max")
    of = {"str": " characters", "path": " characters", "list": " entries", "dict": " entries"}
    unit = of.get(kind, "")
    if least is not None and most is not None:
        words += f", {least} to {most}{unit}"
    elif least is not None:
        words += f", {least}{unit} at least" if least != 1 else ", not empty"
    elif most is not None:
        words += f", {most}{unit} at most"
    inner = rule.get("elements")
    if isinstance(inner, dict) and (inner.get("called") or inner.get("format")):
        words += f" of: {accepts(inner)}"
    if rule.get("hint"):
        words += f". {rule['hint']}"
    return cell(words)
