"""Metrics arrive under the name that was asked for, and no log line leaves the host."""

import json
import time

import boto3
import pytest


@pytest.fixture
def client(about):
    def make(service):
        return boto3.client(
            service,
            endpoint_url=f"http://10.16.0.1:{about['fixture_port']}",
            region_name="us-east-1",
            aws_access_key_id="AKIAFIXTUREOFMOLECULE",
            aws_secret_access_key="a-fixture-of-molecule-and-no-key-of-anybody",
        )

    return make


def test_metrics_arrive_in_their_namespace(client):
    until = time.monotonic() + 20
    while not (found := client("cloudwatch").list_metrics()["Metrics"]):
        assert time.monotonic() < until
        time.sleep(0.5)
    assert {one["Namespace"] for one in found} == {"Shop"}


def test_no_log_leaves_the_host(host, client):
    written = host.file("/opt/aws/amazon-cloudwatch-agent/etc/groundwork.json").content_string
    assert "logs" not in json.loads(written)
    assert client("logs").describe_log_groups()["logGroups"] == []
