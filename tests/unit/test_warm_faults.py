"""What botocore met is heard in the warm child, and its retry rules are ours."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_faults

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
DATA = ROOT / "collections/ansible_collections/groundwork/aws/botocore"
THROTTLED = (
    b"<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>m</Message></Error>"
    b"</Errors></Response>"
)
# In a Python of its own: the listener changes loggers for good.
CALL = """
import sys, boto3
from botocore.exceptions import BotoCoreError, ClientError
from ansible_collections.groundwork.aws.plugins.plugin_utils import warm_faults
heard = warm_faults.listen()
service, call = sys.argv[1:]
client = boto3.client(service, endpoint_url=sys.stdin.read(), region_name="us-east-1",
                      aws_access_key_id="a", aws_secret_access_key="b")
try:
    if call == "create":
        client.create_vpc(CidrBlock="10.0.0.0/16")
    else:
        client.put_bucket_acl(Bucket="b")
except (BotoCoreError, ClientError) as error:
    print(type(error).__name__, end=" ")
print(heard.fault)
"""


@pytest.fixture
def call() -> Iterator[Callable]:
    """A function: calls an endpoint that answers so; output, stderr, number of calls."""
    servers = []

    def made(answers: list[tuple[int, bytes] | None], service: str, what: str):
        calls = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = answers[min(len(calls), len(answers) - 1)]
                calls.append(self.path)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])

            do_PUT = do_POST

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [sys.executable, "-c", CALL, service, what],
            input=f"http://127.0.0.1:{server.server_address[1]}",
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
                "PYTHONPATH": str(ROOT / "collections"),
                "AWS_DATA_PATH": str(DATA),
                "AWS_RETRY_MODE": "legacy",
                "AWS_MAX_ATTEMPTS": "4",
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout.strip(), done.stderr, len(calls)

    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_throttled_call_is_made_again_and_says_so(call):
    said, stderr, calls = call([(503, THROTTLED), (200, b"<R/>")], "ec2", "create")
    assert (said, calls) == ("None", 2)
    told, rest = warm_faults.told(stderr.encode())
    (retry,) = told.retries
    assert retry.startswith("throttled by AWS: asking again in ")
    assert rest == b""


def test_throttled_to_the_end(call):
    said, _stderr, calls = call([(503, THROTTLED)], "ec2", "create")
    assert (said, calls) == ("ClientError throttled by AWS", 4)


@pytest.mark.parametrize("answer", [None, (500, b"<R/>")], ids=["lost", "failed"])
def test_a_call_that_may_have_been_carried_out_is_not_made_again(call, answer):
    said, _stderr, calls = call([answer], "ec2", "create")
    assert calls == 1
    assert said.split(" ", 1)[1] == (warm_faults.FAILED if answer else warm_faults.LOST)


@pytest.mark.parametrize("answer", [None, (500, b"<R/>")], ids=["lost", "failed"])
def test_a_bucket_is_set_again(call, answer):
    said, _stderr, calls = call([answer, (200, b"")], "s3", "put")
    assert (said, calls) == ("None", 2)


def test_the_rest_of_stderr_stays():
    mark = warm_faults.MARK.encode()
    told, rest = warm_faults.told(b"one\n" + mark + b"ended on: AWS failed\ntwo\n")
    assert (told.fault, told.retries, rest) == ("AWS failed", [], b"one\ntwo\n")
