"""What the inventory says of a scenario's host."""

from pathlib import Path

import pytest
import yaml

INVENTORY = Path(__file__).with_name("shared") / "inventory" / "hosts.yml"


@pytest.fixture
def about(host):
    hosts = yaml.safe_load(INVENTORY.read_text())["all"]["children"]["molecule"]["hosts"]
    return hosts[host.backend.get_hostname()]
