"""Who hears of a deploy: hooks, a webhook, a topic; and alarms, which have a say in it."""

import http.server
import json
import threading

import pytest

from scripts.policies import simulate, store
from tests.provisioning.conftest import Account
from tests.unit.pipeline import PLACE, policy
from tests.unit.test_switch import switch  # noqa: F401 -- a fixture

RING = {
    "MetricName": "errors",
    "Namespace": "shop",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Statistic": "Sum",
}


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    """An emulated account."""
    account = Account(tmp_path_factory.mktemp("account"))
    yield account
    account.stop()


@pytest.fixture
def reached(account, monkeypatch):
    """The account, which the commands of this test reach."""
    for name, value in account.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    return account


@pytest.fixture
def webhook():
    """The address of a server, and what was posted there."""
    posted = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", posted
    server.shutdown()


def hooks(folder):
    """A hook at each moment; each notes its moment, the host and the release."""
    moments = ("before_deploy", "after_host", "after_deploy", "on_failure")
    line = "echo {} $DEPLOY_HOST $DEPLOY_RELEASE $DEPLOY_REASON >> {}/hooks"
    given = {name: {"command": ["sh", "-c", line.format(name, folder)]} for name in moments}
    tasks = folder / "after_host.yml"
    tasks.write_text(
        "- name: Note it\n  ansible.builtin.shell: "
        f"echo task $DEPLOY_HOST $DEPLOY_RELEASE >> {folder}/hooks\n"
    )
    given["after_host"] = {"tasks": str(tasks)}
    return given


def test_hooks_run_at_their_moments(switch, tmp_path):  # noqa: F811 -- the fixture
    done, _ = switch(deploy_hooks=hooks(tmp_path))
    assert done.returncode == 0, done.stdout
    heard = (tmp_path / "hooks").read_text().splitlines()
    assert heard[0] == "before_deploy localhost new"
    assert sorted(heard[1:4]) == [f"task {name} new" for name in ("one", "three", "two")]
    assert heard[4:] == ["after_deploy localhost new"]


def test_a_failure_is_told_to_its_hook_and_the_webhook(switch, tmp_path, webhook):  # noqa: F811
    url, posted = webhook
    done, _ = switch(bad_host="one", deploy_hooks=hooks(tmp_path), deploy_notify_webhook=url)
    assert done.returncode != 0
    heard = (tmp_path / "hooks").read_text().splitlines()
    assert heard[-1].startswith("on_failure localhost new broken on one")
    assert "after_deploy" not in " ".join(heard)
    assert len(posted) == 1
    assert "shop qa: deploy of release new failed" in posted[0]["text"]
    assert "broken on one" in posted[0]["text"]
    # The command to type again, at the end, is the test's own: it has all options in it.
    assert url not in done.stdout.split("Correct the cause")[0]


def test_nobody_at_the_webhook_makes_no_deploy_fail(switch):  # noqa: F811
    done, noted = switch(deploy_notify_webhook="http://127.0.0.1:1/")
    assert done.returncode == 0, done.stdout
    assert noted[-1] == "recorded good"
    assert "Told nobody through deploy_notify_webhook" in done.stdout


@pytest.mark.parametrize("state_before", ["OK", "ALARM"])
def test_an_alarm_that_begins_to_ring_takes_the_fleet_back(
    switch, reached, tmp_path, state_before  # noqa: F811
):  # fmt: skip
    watch = reached.client("cloudwatch")
    for name, state in (("broken", "OK"), ("noisy", state_before)):
        watch.put_metric_alarm(AlarmName=name, **RING)
        watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
    ring = f"""
import boto3
boto3.client("cloudwatch", endpoint_url="{reached.url}").set_alarm_state(
    AlarmName="broken", StateValue="ALARM", StateReason="a test")
"""
    (tmp_path / "ring.py").write_text(ring)
    # The release sets it off as soon as it serves: on the first host.
    tasks = tmp_path / "roles/compose_deploy/tasks/serve.yml"
    given = {"deploy_alarms": ["broken", "noisy"], "deploy_watch": 0}
    if state_before == "OK":
        given["ring"] = str(tmp_path / "ring.py")
        tasks.write_text(
            tasks.read_text()
            + """
- name: Set it off
  ansible.builtin.command: "{{ ansible_playbook_python }} {{ ring }}"
  when: compose_deploy_release == 'new'
"""
        )
    done, noted = switch(**given)
    if state_before == "ALARM":
        assert done.returncode == 0, done.stdout
        assert noted[-1] == "recorded good"
        return
    assert done.returncode != 0
    assert noted[0] == "one new"
    assert sorted(noted[1:4]) == ["one old", "three old", "two old"]
    assert noted[4:] == ["recorded bad"]
    assert "Release new set off broken." in done.stdout


def test_an_alarm_that_does_not_exist_stops_before_the_first_host(
    switch, reached  # noqa: F811
):  # fmt: skip
    done, noted = switch(deploy_alarms=["misspelled"])
    assert done.returncode != 0
    assert noted == []
    assert "deploy_alarms names misspelled" in done.stdout


def test_the_pipelines_role_may_all_that_the_end_of_a_deploy_calls(switch, reached):  # noqa: F811
    topic = reached.client("sns").create_topic(Name="shop-qa-notifications")["TopicArn"]
    reached.client("cloudwatch").put_metric_alarm(AlarmName="shop-qa-targets", **RING)
    reached.client("rds").create_db_instance(
        DBInstanceIdentifier="shop-qa-database",
        Engine="postgres",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="of-a-test",
    )
    before = len(reached._calls())
    done, _ = switch(
        components=["dashboard"],
        metrics_namespace="shop/qa",
        deploy_notify_topic=topic,
        deploy_alarms=["shop-qa-targets"],
        deploy_watch=0,
        deploy_snapshot=True,
        app_database_instance="shop-qa-database",
        resource_tags={"Project": "shop", "Environment": "qa"},
        _release_migration={"api": "registry.test/api@sha256:3"},
        _deploy_pending={"api": ["20261122_orders"]},
    )
    assert done.returncode == 0, done.stdout
    assert "Told nobody" not in done.stdout
    calls = reached._calls()[before:]
    called = {f"{one['service']}:{one['action']}" for one in calls}
    assert {"sns:Publish", "monitoring:PutMetricData", "rds:CreateDBSnapshot"} <= called
    assert simulate.refused(calls, [policy()], PLACE) == []
    assert called <= set(store.calls_of("pipeline"))
