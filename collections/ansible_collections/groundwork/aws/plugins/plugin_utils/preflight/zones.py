# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The availability zones of a region, as one account sees them. Those that were seen once are remembered on this machine.

To ask for them, the largest of all service models is parsed, a quarter of the preflight's time; AWS takes no zone back.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import Finding

KEY = "network_zone_letters"


def check(
    ec2: Callable[[], Any], account: str, region: str, letters: list[str], home: str
) -> list[Finding]:
    """What is wrong with these letters. `ec2` makes a client; `home` is Ansible's (ANSIBLE_HOME)."""
    place = Path(home, "groundwork", "zones", f"{_name(account, region)}.json")
    if set(letters) <= _remembered(place):
        return []
    there = _ask(ec2(), region)
    missing = [letter for letter in letters if letter not in there]
    if not missing:
        _remember(place, there)
        return []
    says = f"asks for the zones {', '.join(letters)}, {region} has only {', '.join(there)} for you"
    return [Finding(KEY, says, f"Write [{', '.join(there[: len(letters)])}].")]


def _name(account: str, region: str) -> str:
    """One of an emulator's is no other emulator's."""
    names = ("AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL")
    endpoint = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return f"{account}-{region}-{sha256(endpoint.encode()).hexdigest()[:12]}"


def _ask(client: Any, region: str) -> list[str]:
    answer = client.describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )
    zones = {
        zone["ZoneName"] for zone in answer["AvailabilityZones"] if zone["State"] == "available"
    }
    return sorted(name.removeprefix(region) for name in zones)


def _remembered(place: Path) -> set[str]:
    try:
        return {str(letter) for letter in json.loads(place.read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError):
        return set()


def _remember(place: Path, letters: list[str]) -> None:
    # Without a place to write to, the next run asks again.
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor, path = tempfile.mkstemp(dir=place.parent)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(letters, file)
        os.replace(path, place)
