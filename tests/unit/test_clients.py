"""The clients that look at resources: the task's own region, credentials and profile, cheaply."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import clients
from ansible_collections.groundwork.aws.plugins.plugin_utils.clients import Clients

PROFILES = """
[profile other]
region = eu-west-1
aws_access_key_id = AKIAOTHER
aws_secret_access_key = other
"""


@pytest.fixture(autouse=True)
def preloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A main process that has preloaded, with keys in its environment."""
    for name in clients.REGIONS:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    monkeypatch.setattr(clients, "_session", None)
    monkeypatch.setattr(clients, "_ready", {})
    clients.preload({"sts"})
    yield


def made(args: dict[str, str], environment: dict[str, str]) -> tuple[str, str, bool]:
    """Region and key of a client, and whether the main process's session made it."""
    with Clients(args, environment) as held:
        client = held["sts"]
    key = client._request_signer._credentials.access_key
    return client.meta.region_name, key, held._session is clients._session


@pytest.mark.parametrize(
    ("args", "environment", "expected"),
    [
        ({}, {"AWS_REGION": "us-west-2"}, ("us-west-2", "AKIAOWN", True)),
        ({"region": "eu-north-1"}, {"AWS_REGION": "us-west-2"}, ("eu-north-1", "AKIAOWN", True)),
        ({"profile": "other"}, {"AWS_REGION": "us-west-2"}, ("eu-west-1", "AKIAOTHER", False)),
        (
            {"access_key": "AKIAGIVEN", "secret_key": "x"},
            {"AWS_REGION": "us-west-2"},
            ("us-west-2", "AKIAGIVEN", False),
        ),
        (
            {},
            {"AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "AKIATASK"},
            ("us-west-2", "AKIATASK", False),
        ),
    ],
    ids=["environment", "argument", "profile", "keys", "the task's own keys"],
)
def test_a_client_is_as_the_module_would_make_it(args, environment, expected):
    assert made(args, environment) == expected


def test_without_a_preload_it_is_the_same(monkeypatch):
    monkeypatch.setattr(clients, "_session", None)
    region, key, _shared = made({}, {"AWS_REGION": "us-west-2"})
    assert (region, key) == ("us-west-2", "AKIAOWN")


def test_a_client_of_the_main_process_is_taken_over_where_it_is_the_tasks_own():
    clients.preload({"sts"}, "us-west-2")
    ready = clients._ready["sts", "us-west-2"]
    for args, environment, same in (
        ({}, {"AWS_REGION": "us-west-2"}, True),
        ({}, {"AWS_REGION": "us-west-1"}, False),
        ({"endpoint_url": "http://127.0.0.1:1"}, {"AWS_REGION": "us-west-2"}, False),
        ({"validate_certs": False}, {"AWS_REGION": "us-west-2"}, False),
        ({"profile": "other", "region": "us-west-2"}, {}, False),
        ({}, {"AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "AKIATASK"}, False),
        ({}, {"AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, False),
    ):
        with Clients(args, environment) as held:
            assert (held["sts"] is ready) is same, (args, environment)
