"""The agent runs, as configured, and its metrics and log lines arrive."""

import json
import time

import boto3
import pytest

INSTANCE = "i-0123456789abcdef0"


@pytest.fixture
def account(about):
    return {
        "endpoint_url": f"http://10.16.0.1:{about['fixture_port']}",
        "region_name": "us-east-1",
        "aws_access_key_id": "AKIAFIXTUREOFMOLECULE",
        "aws_secret_access_key": "a-fixture-of-molecule-and-no-key-of-anybody",
    }


def eventually(read, seconds=20):
    """What `read` gives, as soon as it gives something."""
    until = time.monotonic() + seconds
    while not (found := read()) and time.monotonic() < until:
        time.sleep(0.5)
    return found


def test_agent_runs_now_and_after_a_boot(host):
    agent = host.service("amazon-cloudwatch-agent")
    assert agent.is_running
    assert agent.is_enabled
    status = json.loads(host.check_output("amazon-cloudwatch-agent-ctl -a status"))
    assert (status["status"], status["configstatus"]) == ("running", "configured")


def test_agent_holds_the_roles_configuration(host):
    home = "/opt/aws/amazon-cloudwatch-agent/etc"
    written = host.file(f"{home}/groundwork.json").content_string
    held = host.file(f"{home}/amazon-cloudwatch-agent.d/file_groundwork.json").content_string
    assert written == held
    assert json.loads(held)["agent"]["region"] == "us-east-1"


def test_metrics_arrive(account):
    client = boto3.client("cloudwatch", **account)
    metrics = eventually(lambda: client.list_metrics(Namespace="CWAgent")["Metrics"])
    assert {"mem_used_percent", "disk_used_percent"} <= {one["MetricName"] for one in metrics}


def test_log_lines_arrive_in_a_group_with_retention(account):
    client = boto3.client("logs", **account)
    stream = {"logGroupName": "/shop/qa/host", "logStreamName": f"{INSTANCE}/var/log/dpkg.log"}
    groups = eventually(
        lambda: client.describe_log_groups(logGroupNamePrefix="/shop/qa/host")["logGroups"]
    )
    assert groups[0]["retentionInDays"] == 30
    events = eventually(lambda: client.get_log_events(**stream)["events"])
    assert any("amazon-cloudwatch-agent" in event["message"] for event in events)
