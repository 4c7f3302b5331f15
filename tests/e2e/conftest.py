"""The lab's variables, and the environment that site.yml made in it."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
HOST = "https://qa.milky-way.test"


def play(environment: dict[str, str], *arguments: str, timeout: int = 900) -> str:
    """Run ansible-playbook in the lab; returns its output, fails with its end."""
    done = subprocess.run(
        [str(BIN / "ansible-playbook"), "-i", "inventories/qa", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    return output


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
