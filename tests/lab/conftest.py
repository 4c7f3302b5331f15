"""What the lab's tests share."""

import datetime
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from lab.emulator.records import Instance, MetadataOptions
from lab.settings import Settings


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known of tests that need the running lab."""
    config.addinivalue_line("markers", "lab: needs the running lab (root, Docker)")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with folders of the test's own."""
    return Settings(home=tmp_path / "home", cache=tmp_path / "cache")


@pytest.fixture
def make_instance() -> Callable[..., Instance]:
    """Make instance records; what a test does not name is as ordinary as can be."""

    def make(**given: Any) -> Instance:
        options = MetadataOptions(enabled=True, token_required=True, hop_limit=1, tags=True)
        ordinary = {
            "id": "i-0123456789abcdef0", "account": "123456789012", "region": "us-east-1",
            "state": "running", "private_address": IPv4Address("10.20.1.10"),
            "public_address": IPv4Address("10.31.0.5"),
            "private_name": "ip-10-20-1-10.ec2.internal",
            "public_name": "ec2-10-31-0-5.compute-1.amazonaws.com",
            "mac": "02:00:00:00:00:01", "key_name": "operator", "public_key": "ssh-ed25519 AAAA me",
            "user_data": b"", "image_id": "ami-1", "instance_type": "t3.small",
            "zone": "us-east-1a", "subnet_id": "subnet-1", "vpc_id": "vpc-1",
            "security_groups": ("app", "ssh"), "security_group_ids": ("sg-1", "sg-2"),
            "interface_id": "eni-1",
            "profile_arn": "arn:aws:iam::123456789012:instance-profile/app",
            "tags": {"Name": "web", "Project": "milky-way"}, "metadata": options,
            "launched": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
            "reservation": "r-1", "launch_index": 0,
        }  # fmt: skip
        return Instance(**(ordinary | given))

    return make
