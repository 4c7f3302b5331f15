"""What tests of several scenarios need."""

import time
import urllib.request
from pathlib import Path

import pytest
import yaml

INVENTORY = Path(__file__).with_name("shared") / "inventory" / "hosts.yml"


@pytest.fixture
def about(host):
    """What the inventory says of a scenario's host."""
    hosts = yaml.safe_load(INVENTORY.read_text())["all"]["children"]["molecule"]["hosts"]
    return hosts[host.backend.get_hostname()]


@pytest.fixture(scope="session")
def get():
    """A function that asks a URL until it answers; it returns the answer's body."""

    def ask(url, seconds=180):
        until = time.monotonic() + seconds
        while True:
            try:
                return urllib.request.urlopen(url, timeout=3).read().decode()
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    return ask
