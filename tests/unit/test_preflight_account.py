"""What AWS answers about credentials, zones and accounts, in the words of a finding."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight import account

CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/eve</Arn><UserId>U</UserId>
<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
ZONES = """<DescribeAvailabilityZonesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<availabilityZoneInfo>
<item><zoneName>us-east-1a</zoneName><zoneState>available</zoneState></item>
<item><zoneName>us-east-1c</zoneName><zoneState>available</zoneState></item>
<item><zoneName>us-east-1d</zoneName><zoneState>impaired</zoneState></item>
</availabilityZoneInfo></DescribeAvailabilityZonesResponse>"""

ERROR = "<ErrorResponse><Error><Code>{}</Code><Message>no</Message></Error></ErrorResponse>"


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Answers every call with what the test wants: an error code, or the account and its zones."""

    code = ""
    page = ""
    zones = 0  # how often it was asked for them

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asks_for_zones = "DescribeAvailabilityZones" in body
        Endpoint.zones += asks_for_zones
        text = ZONES if asks_for_zones else CALLER
        text = self.page or text
        if self.code and not self.page:
            text = ERROR.format(self.code)
        self.send_response(403 if self.code else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint(monkeypatch) -> Iterator[type[Endpoint]]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAGROUNDWORKTESTS0")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    yield Endpoint
    Endpoint.code = Endpoint.page = ""
    Endpoint.zones = 0
    server.shutdown()
    server.server_close()


# Nothing is remembered from test to test where Ansible's home cannot be written to.
NOWHERE = "/dev/null"


def found(
    number: str = "111122223333", letters: list[str] | None = None, home: str = NOWHERE
) -> list:
    return account.check(number, "us-east-1", letters, "inventories/qa", home)


def test_the_right_account_yields_nothing(endpoint):
    assert found(letters=["a", "c"]) == []


def test_another_account_is_named_with_who_asks(endpoint):
    (finding,) = found("999988887777")
    assert finding.key == "aws_account_id"
    assert "belong to account 111122223333 (arn:aws:iam::111122223333:user/eve)" in finding.says
    assert "AWS_PROFILE" in finding.write


def test_zones_that_the_account_does_not_have(endpoint):
    (finding,) = found(letters=["a", "b", "d"])
    assert finding.key == "network_zone_letters"
    assert finding.says.endswith("us-east-1 has only a, c for you")
    assert finding.write == "Write [a, c]."


def test_zones_that_were_seen_are_not_asked_for_again(endpoint, tmp_path):
    home = str(tmp_path)
    assert found(letters=["a"], home=home) == found(letters=["c", "a"], home=home) == []
    assert endpoint.zones == 1
    assert found(letters=["a", "b"], home=home) != []
    assert endpoint.zones == 2


def test_zones_of_another_endpoint_are_asked_for(endpoint, monkeypatch, tmp_path):
    found(letters=["a"], home=str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", f"{os.environ['AWS_ENDPOINT_URL']}/")
    found(letters=["a"], home=str(tmp_path))
    assert endpoint.zones == 2


def test_what_is_remembered_and_broken_is_asked_for_again(endpoint, tmp_path):
    found(letters=["a"], home=str(tmp_path))
    (kept,) = tmp_path.rglob("*.json")
    kept.write_text("{")
    assert found(letters=["a"], home=str(tmp_path)) == []
    assert endpoint.zones == 2


@pytest.mark.parametrize(
    ("code", "says", "write"),
    [
        ("ExpiredToken", "have expired", "Log in again"),
        ("InvalidClientTokenId", "are unknown to AWS", "AWS_ACCESS_KEY_ID"),
        ("SignatureDoesNotMatch", "the secret key does not belong", "AWS_SECRET_ACCESS_KEY"),
        ("AccessDenied", "may not even ask", "policies"),
    ],
)
def test_credentials_that_aws_refuses(endpoint, code, says, write):
    endpoint.code = code
    (finding,) = found()
    assert finding.key == "the credentials"
    assert says in finding.says
    assert write in finding.write


def test_no_credentials(endpoint, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    (finding,) = found()
    assert (finding.key, finding.says) == ("the credentials", "are missing")
    assert "AWS_PROFILE" in finding.write


def test_half_of_the_credentials(endpoint, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (finding,) = found()
    assert "are incomplete" in finding.says
    assert "Set both" in finding.write


def test_a_profile_that_there_is_not(endpoint, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nope")
    (finding,) = found()
    assert finding.key == "the credentials"
    assert "nope" in finding.says


def test_an_endpoint_that_is_no_address(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "127.0.0.1:5000")
    (finding,) = found()
    assert finding.key == "AWS_ENDPOINT_URL"
    assert "http://" in finding.write


def test_a_region_that_there_is_not(endpoint):
    (finding,) = account.check(None, "us-east-9", None, "inventories/qa", NOWHERE)
    assert finding.key == "aws_region"
    assert "us-east-9 is no region" in finding.says
    assert "Write us-east-" in finding.write


@pytest.mark.parametrize("code", ["", "403"])
def test_a_page_in_the_place_of_an_answer_is_told_as_such(endpoint, code):
    endpoint.page, endpoint.code = "<html><body>Log in to the network</body></html>", code
    assert [(f.key, "answered by something else" in f.says) for f in found()] == [("AWS", True)]
