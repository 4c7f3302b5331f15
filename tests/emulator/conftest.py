"""A fresh emulator for each module of tests, and clients for it."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.core.base_backend import BackendDict

from lab.emulator import server

KEYS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "AKIAGROUNDWORKTESTS0",
    "aws_secret_access_key": "not-a-secret-not-a-secret-not-a-secret-0",
}


@pytest.fixture(scope="session")
def emulator() -> Iterator[server.Emulator]:
    """An emulator on a free port."""
    running = server.start(port=0)
    yield running
    server.stop()


@pytest.fixture
def aws(emulator: server.Emulator) -> Callable[[str], Any]:
    """A function that makes a client of a service, on an empty account."""
    BackendDict.reset()
    once = Config(retries={"max_attempts": 0})
    return lambda service: boto3.client(service, endpoint_url=emulator.url, config=once, **KEYS)
