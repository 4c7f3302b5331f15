"""What the live tests of the lab's services share."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import ClientError
from docker.errors import APIError

from lab.containers import Containers
from lab.engine import current
from lab.settings import Settings

SETTINGS = Settings.load()


def client(service: str) -> Any:
    """Make a client of the running lab."""
    return boto3.client(
        service, endpoint_url=SETTINGS.emulator_url, region_name=SETTINGS.region,
        aws_access_key_id="lab-live-test", aws_secret_access_key="lab-live-test",
    )  # fmt: skip


def containers() -> Containers:
    """Tell the lab's containers."""
    engine = current(SETTINGS)
    assert engine, "the lab is down: make lab-up"
    return Containers(engine.client(), SETTINGS)


def inside(noun: str, record: str, *command: str, **environment: str) -> tuple[int, str]:
    """Run a command in a container of the lab, with the lab's own names. Tells status, output."""
    container = containers().get(noun, record)
    if container is None:  # as between an old one and a new one
        return 1, f"no container for {noun} {record}"
    try:
        code, output = container.exec_run(list(command), environment=environment)
    except APIError as error:  # it is being replaced
        return 255, str(error)
    return code, output.decode()


def quietly(call: Callable[..., object], **arguments: object) -> None:
    """Call, whatever AWS says."""
    with suppress(ClientError):
        call(**arguments)
