"""The lab's variables, and the environment that site.yml made in it."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
import pytest

from tests.e2e.hosts import as_root, logins
from tests.e2e.misfits import Misfits
from tests.e2e.runs import BIN, ROOT, play
from tests.waiting import until

HOST = "https://qa.milky-way.test"


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """The variables with which commands work on the lab."""
    script = f'eval "$({sys.executable} -m lab env)" && env -0'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, check=True)
    told = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if "=" in pair)
    return {
        **os.environ,
        **told,
        "PATH": f"{BIN}:{told['PATH']}",
        "ANSIBLE_NOCOLOR": "1",
    }


@pytest.fixture(scope="session")
def inventory() -> str:
    """The inventory under test."""
    return "inventories/qa"


@pytest.fixture(scope="session")
def site(environment) -> str:
    """Output of site.yml at the highest verbosity, on whatever the lab holds."""
    return play(environment, "site.yml", "-vvv")


@pytest.fixture(scope="session")
def fetch(environment):
    """A function that asks the load balancer by name, trusting the lab's authority only."""
    context = ssl.create_default_context(cafile=environment["GROUNDWORK_CA"])

    def get(path: str, data: bytes | None = None) -> tuple[int, str]:
        request = urllib.request.Request(HOST + path, data=data)
        if data:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10, context=context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return get


@pytest.fixture(scope="session")
def aws(environment):
    """A function that makes a client of the lab's AWS."""

    def client(service: str):
        return boto3.client(
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        )

    return client


@pytest.fixture
def hosts(environment, inventory) -> dict[str, list[str]]:
    """How to log in to each app host there is now, by name."""
    return logins(environment, inventory)


@pytest.fixture
def on_host(hosts):
    """A function that runs a shell script as root on the first host."""
    return lambda script: as_root(next(iter(hosts.values())), script)


@pytest.fixture(scope="module")
def misfits(site, environment, fetch):
    """A well-behaved misfit serves; afterwards the example again."""
    example = release_of(fetch)
    ours = Misfits(environment)
    ours.deploy(ours.build())
    yield ours
    play(environment, "playbooks/deploy.yml", "-e", f"release={example}")
    assert release_of(fetch) == example


def release_of(fetch) -> str:
    """The release that answers."""
    status, body = fetch("/api/release")
    assert status == 200, body
    return json.loads(body)["release"]


def wait_for(check, what: str):
    """Ask until `check` is true; an answer that does not come is one that is not yet true."""

    def met():
        try:
            return check()
        except (OSError, AssertionError):
            return False

    until(met, what, pause=1)
