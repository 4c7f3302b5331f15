"""The log of calls says what was called and whether it changes anything."""

import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import create_environ

from lab.emulator.calls import Call, CallLog, about, identify, is_mutating
from lab.emulator.gate import Gate
from lab.emulator.server import Application
from tests.waiting import PATIENCE


@pytest.mark.parametrize(
    "action",
    ["DescribeVpcs", "GetObject", "HeadBucket", "ListTagsForResource", "BatchGetImage", "Query",
     "AssumeRole", "Decrypt", "FilterLogEvents", "TransactGetItems"],
)  # fmt: skip
def test_reads(action: str) -> None:
    assert not is_mutating(action)


@pytest.mark.parametrize(
    "action",
    ["CreateVpc", "PutObject", "RunInstances", "TagResource", "RegisterTargets", "BatchWriteItem",
     "ModifyDBInstance", "ScheduleKeyDeletion", "AuthorizeSecurityGroupIngress", "UpdateItem"],
)  # fmt: skip
def test_writes(action: str) -> None:
    assert is_mutating(action)


def environ(service: str, body: str = "", **more: Any) -> dict[str, Any]:
    scope = f"Credential=AKIA/20260101/us-east-1/{service}/aws4_request"
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=f00d",
        "HTTP_HOST": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "5000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body.encode()),
        "CONTENT_LENGTH": str(len(body)),
        **more,
    }


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}


def test_a_form_names_its_action_and_stays_readable() -> None:
    request = environ("ec2", "Action=CreateVpc&CidrBlock=10.0.0.0%2F16", **FORM)
    assert identify(request) == Call("ec2", "CreateVpc", True)
    assert request["wsgi.input"].read().startswith(b"Action=CreateVpc")


def test_a_form_says_what_it_is_about_and_no_value() -> None:
    body = "Action=CreateDBInstance&DBInstanceIdentifier=shop&MasterUserPassword=hidden"
    body += "&Tags.Tag.1.Key=Project&Tags.Tag.1.Value=shop&Filter.1.Name=engine"
    call = identify(environ("rds", body, **FORM))
    assert call.about == {"DBInstanceIdentifier": "shop", "tags": {"Project": "shop"}}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"Name": "shop", "SecretString": "hidden"}, {"Name": "shop"}),
        ({"Tags.1.TagKey": "Project", "Tags.1.TagValue": "shop"}, {"tags": {"Project": "shop"}}),
        ({"tags.1.key": "Project", "tags.1.value": "shop"}, {"tags": {"Project": "shop"}}),
        ({"tags.Project": "shop"}, {"tags": {"Project": "shop"}}),
        ({"BackupPlanTags.Project": "shop"}, {"tags": {"Project": "shop"}}),
        ({"resources.1": "arn:aws:ecr:x"}, {"resources": "arn:aws:ecr:x"}),
    ],
)
def test_members_name_resources_and_tags(members: dict[str, str], said: dict[str, Any]) -> None:
    assert about(members) == said


def test_a_json_body_says_what_it_is_about_and_stays_readable() -> None:
    body = json.dumps({"SecretId": "shop/qa/database", "SecretString": "hidden"})
    more = {"CONTENT_TYPE": "application/x-amz-json-1.1", "HTTP_X_AMZ_TARGET": "sm.PutSecretValue"}
    request = environ("secretsmanager", body, **more)
    assert identify(request).about == {"SecretId": "shop/qa/database"}
    assert json.loads(request["wsgi.input"].read())["SecretString"] == "hidden"


def test_a_call_says_whose_key_signed_it_and_not_the_signature() -> None:
    signed = identify(environ("ec2", "Action=CreateVpc", **FORM))
    assert signed.key == "AKIA"
    assert "f00d" not in json.dumps(asdict(signed))


def test_a_dry_run_changes_nothing() -> None:
    request = environ("ec2", "Action=CreateVpc&DryRun=true", **FORM)
    assert identify(request) == Call("ec2", "CreateVpc", False)


def test_a_header_names_the_action() -> None:
    request = environ("dynamodb", HTTP_X_AMZ_TARGET="DynamoDB_20120810.UpdateItem")
    assert identify(request) == Call("dynamodb", "UpdateItem", True)


@pytest.mark.parametrize(
    ("method", "path", "query", "action"),
    [
        ("PUT", "/bucket", "", "CreateBucket"),
        ("GET", "/bucket/a/b", "", "GetObject"),
        ("PUT", "/bucket", "versioning", "PutBucketVersioning"),
        ("DELETE", "/bucket/a", "", "DeleteObject"),
    ],
)
def test_a_path_names_the_action(method: str, path: str, query: str, action: str) -> None:
    request = environ("s3", REQUEST_METHOD=method, PATH_INFO=path, QUERY_STRING=query)
    assert identify(request).action == action


def test_the_log_has_whole_lines(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "calls.jsonl")
    threads = [
        threading.Thread(target=lambda: [log.write(Call("s3", "GetObject", False, 200))] * 3)
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    rows = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()]
    assert len(rows) == 20 and rows[0]["status"] == 200


def test_calls_of_a_real_client_are_logged(aws: Callable[[str], Any]) -> None:
    # Through the server's own application: nothing it answers is a 404 of an unknown path.
    assert aws("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert aws("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_gate_waits_for_those_inside_and_lets_them_in_again() -> None:
    gate, order = Gate(), []
    entered, leave = threading.Event(), threading.Event()

    def work() -> None:
        with gate.inside():
            entered.set()
            leave.wait(PATIENCE)
            with gate.inside():  # while somebody waits to close it
                order.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    entered.wait(PATIENCE)

    def close() -> None:
        with gate.closed():
            order.append("closed")

    closer = threading.Thread(target=close)
    closer.start()
    leave.set()
    thread.join(PATIENCE)
    closer.join(PATIENCE)
    assert order == ["work", "closed"]


def test_calls_take_longer_where_that_is_asked_for() -> None:
    answered: list[float] = []
    late = Application(None, latency=0.2)
    began = time.monotonic()
    environ = create_environ("/", "http://sqs.us-east-1.amazonaws.com", method="POST")
    list(late(environ, lambda *_: answered.append(time.monotonic())))
    assert answered[0] - began >= 0.2
