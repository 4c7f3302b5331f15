"""Instance metadata as AWS answers it, over real HTTP, against made-up records."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any

import pytest

from lab.controllers.metadata import Handler, Service
from lab.emulator.records import Instance
from tests.waiting import PATIENCE

HERE = IPv4Address("127.0.0.1")
ROLE = ("AIPA1", "app", "arn:aws:iam::123456789012:role/app")


class Sts:
    """Counts how often a role is assumed."""

    def __init__(self, life: timedelta) -> None:
        self.calls: list[dict[str, Any]] = []
        self._life = life

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        self.calls.append(asked)
        return {
            "Credentials": {
                "AccessKeyId": "ASIA1",
                "SecretAccessKey": "s",
                "SessionToken": "t",
                "Expiration": datetime.now(UTC) + self._life,
            }
        }


class Desk:
    """A server with one instance, at this machine's loopback address."""

    def __init__(self, instance: Instance) -> None:
        self.instances = [replace(instance, private_address=HERE)]
        records = SimpleNamespace(
            instances=lambda: self.instances,
            profile_role=lambda arn: ROLE,
            subnet_blocks=lambda instance: ("10.20.1.0/24", "10.20.0.0/16"),
        )
        self.service = Service(SimpleNamespace(records=records, settings=None))
        self.sts = self.service._sts = Sts(timedelta(hours=6))
        handler = type("Bound", (Handler,), {"service": self.service})
        self.server = ThreadingHTTPServer((str(HERE), 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, str, Any]:
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=PATIENCE)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body, answer.headers

    def token(self, seconds: str = "60") -> str:
        status, body, _ = self.ask("PUT", "/latest/api/token",
                                   X_aws_ec2_metadata_token_ttl_seconds=seconds)  # fmt: skip
        assert status == 200
        return body

    def get(self, path: str) -> tuple[int, str]:
        return self.ask("GET", path, X_aws_ec2_metadata_token=self.token())[:2]

    def change(self, **options: Any) -> None:
        one = self.instances[0]
        self.instances = [replace(one, metadata=replace(one.metadata, **options))]


@pytest.fixture
def desk(make_instance: Callable[..., Instance]) -> Iterator[Desk]:
    running = Desk(make_instance())
    yield running
    running.server.shutdown()
    running.server.server_close()


def test_without_a_token_only_where_the_record_allows_it(desk: Desk) -> None:
    path = "/latest/meta-data/instance-id"
    assert desk.ask("GET", path)[0] == 401
    desk.change(token_required=False)
    assert desk.ask("GET", path)[:2] == (200, "i-0123456789abcdef0")
    assert desk.ask("GET", path, X_aws_ec2_metadata_token="made-up")[0] == 401


@pytest.mark.parametrize("seconds", ["", "0", "21601", "x", "-1"])
def test_a_token_needs_a_life_within_aws_limits(desk: Desk, seconds: str) -> None:
    headers = {"X_aws_ec2_metadata_token_ttl_seconds": seconds} if seconds else {}
    assert desk.ask("PUT", "/latest/api/token", **headers)[0] == 400


def test_a_token_tells_its_life_and_is_no_proxys(desk: Desk) -> None:
    life = {"X_aws_ec2_metadata_token_ttl_seconds": "120"}
    _, _, headers = desk.ask("PUT", "/latest/api/token", **life)
    assert headers["X-Aws-Ec2-Metadata-Token-Ttl-Seconds"] == "120"
    assert desk.ask("PUT", "/latest/api/token", X_Forwarded_For="1.2.3.4", **life)[0] == 403


def test_a_token_ends_and_belongs_to_its_instance(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = desk.token("60")
    assert desk.service.valid(token, HERE)
    assert not desk.service.valid(token, IPv4Address("10.20.1.11"))
    now = __import__("time").monotonic()
    monkeypatch.setattr("lab.controllers.metadata.time.monotonic", lambda: now + 61)
    assert not desk.service.valid(token, HERE)


def test_folders_are_listed_and_leaves_are_plain(desk: Desk) -> None:
    status, listing = desk.get("/latest/meta-data/")
    assert status == 200
    assert {"ami-id", "instance-id", "placement/", "iam/", "tags/"} <= set(listing.splitlines())
    assert desk.get("/latest/meta-data/placement/region") == (200, "us-east-1")
    assert desk.get("/latest/meta-data/security-groups") == (200, "app\nssh")
    assert desk.get("/2021-07-15/meta-data/local-ipv4") == (200, str(HERE))
    assert desk.get("/latest/meta-data/public-keys/0/openssh-key") == (200, "ssh-ed25519 AAAA me")
    assert desk.get("/latest/meta-data/nothing")[0] == 404
    assert desk.get("/latest/meta-data/ami-id/deeper")[0] == 404
    macs = "/latest/meta-data/network/interfaces/macs/02:00:00:00:00:01"
    assert desk.get(f"{macs}/vpc-ipv4-cidr-block") == (200, "10.20.0.0/16")


def test_tags_only_where_the_record_allows_them(desk: Desk) -> None:
    assert desk.get("/latest/meta-data/tags/instance/Project") == (200, "milky-way")
    desk.change(tags=False)
    assert desk.get("/latest/meta-data/tags/instance/Project")[0] == 404


def test_credentials_are_the_roles_named_after_the_instance_and_kept(desk: Desk) -> None:
    path = "/latest/meta-data/iam/security-credentials/"
    assert desk.get(path) == (200, "app")
    given = json.loads(desk.get(path + "app")[1])
    assert (given["Code"], given["AccessKeyId"], given["Token"]) == ("Success", "ASIA1", "t")
    assert given["Expiration"].endswith("Z")
    desk.get(path + "app")
    assert [call["RoleSessionName"] for call in desk.sts.calls] == ["i-0123456789abcdef0"]
    assert desk.sts.calls[0]["RoleArn"] == ROLE[2]


def test_credentials_are_renewed_before_they_end(desk: Desk) -> None:
    desk.sts = desk.service._sts = Sts(timedelta(minutes=20))
    for _ in range(2):
        desk.get("/latest/meta-data/iam/security-credentials/app")
    assert len(desk.sts.calls) == 2


def test_identity_document_and_user_data(desk: Desk) -> None:
    document = json.loads(desk.get("/latest/dynamic/instance-identity/document")[1])
    assert document["accountId"] == "123456789012"
    assert document["pendingTime"] == "2026-01-02T03:04:05Z"
    assert desk.get("/latest/user-data")[0] == 404
    desk.instances = [replace(desk.instances[0], user_data=b"#!/bin/sh\ntrue\n")]
    assert desk.get("/latest/user-data") == (200, "#!/bin/sh\ntrue\n")


def test_a_stranger_gets_nothing_and_a_closed_endpoint_says_so(desk: Desk) -> None:
    desk.change(enabled=False)
    assert desk.ask("GET", "/latest/meta-data/")[0] == 403
    desk.instances = []
    assert desk.ask("GET", "/latest/meta-data/")[0] == 404
