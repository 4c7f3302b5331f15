"""Inventories made of qa's for benchmarks: more components of a kind, another environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from benchmarks.provision.account import ROOT

QA = ROOT / "inventories" / "qa"
IDENTITY = Path("group_vars/all/environment.yml")
SIZES = Path("group_vars/all/sizes.yml")


def environment(folder: Path, name: str) -> Path:
    """A copy of qa that is another environment of the project."""
    shutil.copytree(QA, folder)
    pairs = (
        (IDENTITY, "env: qa", f"env: {name}"),
        (IDENTITY, "qa.{{", f"{name}.{{{{"),
        (Path("aws_ec2.yml"), "Environment: qa", f"Environment: {name}"),
    )
    for page, old, new in pairs:
        path = folder / page
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise ValueError(f"{path} does not hold {old!r} any more")
        path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def buckets(folder: Path, count: int) -> Path:
    """What every environment has at first, and buckets: components of one role."""
    shutil.copytree(QA, folder)
    made = {
        f"bucket_{number}": {
            "component_role": "log_bucket",
            "log_bucket_name": f"bench-bucket-{number}",
        }
        for number in range(1, count + 1)
    }
    tiers = {"foundation": {"hosts": {"keys": None, "state": None, **made}}}
    components = {"components": {"children": tiers}}
    (folder / "components.yml").write_text(yaml.safe_dump(components), encoding="utf-8")
    return folder


def hosts(folder: Path, count: int) -> Path:
    """qa with as many instances."""
    shutil.copytree(QA, folder)
    path = folder / SIZES
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("instances_count: 1\n", f"instances_count: {count}\n"), encoding="utf-8"
    )
    return folder
