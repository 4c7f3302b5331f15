"""From nothing to a page, another release, back, and through a reboot, in the lab.

Named to run before the search for secrets, which looks at what all this has left.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import urllib.error
import urllib.request

import pytest

from tests.e2e.canary import search_text
from tests.e2e.conftest import HOST, release_of, wait_for
from tests.e2e.runs import ROOT, play

pytestmark = pytest.mark.lab

RECAP = re.compile(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)", re.M)


def test_the_page_shows_what_the_api_read(site, fetch):
    status, body = fetch("/")
    assert status == 200
    assert release_of(fetch) in body


def test_the_api_writes_to_the_database_and_counts_in_the_cache(site, fetch):
    name = f"e2e-{time.time_ns()}"
    status, _ = fetch("/api/items", json.dumps({"name": name}).encode())
    assert status == 201
    status, first = fetch("/api/items")
    assert status == 200
    assert name in first
    second = fetch("/api/items")[1]
    assert json.loads(second)["hits"] > json.loads(first)["hits"]


def test_http_is_sent_to_https(site):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(Stay)
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open("http://qa.milky-way.test/some?x=1", timeout=10)
    assert caught.value.code == 301
    assert caught.value.headers["Location"].replace(":443", "") == f"{HOST}/some?x=1"


def test_target_health_tells_what_the_balancer_sees(site, aws):
    elb = aws("elbv2")
    names = ["milky-way-admin-panel-qa-api", "milky-way-admin-panel-qa-web"]
    groups = elb.describe_target_groups(Names=names)["TargetGroups"]

    def healthy() -> bool:
        states = [
            target["TargetHealth"]["State"]
            for group in groups
            for target in elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])[
                "TargetHealthDescriptions"
            ]
        ]
        return states == ["healthy", "healthy"]

    # Two checks in a row, ten seconds apart, make a new target healthy.
    wait_for(healthy, "two healthy targets")


def test_container_logs_arrive_in_their_groups(site, aws, fetch):
    fetch("/api/items")
    logs = aws("logs")

    def arrived(service: str) -> bool:
        group = f"/milky-way-admin-panel/qa/{service}"
        return bool(logs.filter_log_events(logGroupName=group, limit=5)["events"])

    wait_for(lambda: arrived("api"), "a line of the api in CloudWatch Logs")
    wait_for(lambda: arrived("web"), "a line of the page in CloudWatch Logs")


def test_a_second_run_of_everything_changes_nothing(site, environment):
    again = play(environment, "site.yml", "-v")
    assert "Nothing to change." in again
    assert {host: int(n) for host, n in RECAP.findall(again) if int(n)} == {}


def test_a_plan_of_everything_announces_nothing(site, environment):
    assert "Nothing to change." in play(environment, "site.yml", "--check")


def test_status_tells_pending_migrations_where_asked(site, environment):
    told = play(environment, "playbooks/status.yml", "-e", "migrations=true")
    assert "migrations pending: none" in told


def test_status_is_one_screen(site, environment, fetch):
    told = play(environment, "playbooks/status.yml")
    assert f"serving: {release_of(fetch)}, since " in told
    assert "lock: free" in told
    assert len(re.findall(r"running +healthy +proxy: UP", told)) == 2


def test_logs_of_a_service_are_shown(site, environment, fetch):
    assert fetch("/api/by-the-test")[0] == 404
    given = ("-e", "service=api", "-e", "since=1h", "-e", "grep=by-the-test")
    told = play(environment, "playbooks/logs.yml", *given)
    assert re.search(r"^\d{4}-\d\d-\d\d \S+  \S+-app-1  api +.*by-the-test", told, re.M)


@pytest.fixture
def changed_app(tmp_path):
    """The application with one more migration; its folder, and the migration's name."""
    folder, name = tmp_path / "app", f"{time.strftime('%Y%m%d%H%M%S')}_add_column"
    shutil.copytree(ROOT / "examples/app", folder, ignore=shutil.ignore_patterns("node_modules"))
    migration = folder / "api/prisma/migrations" / name
    migration.mkdir()
    (migration / "migration.sql").write_text(f'ALTER TABLE "items" ADD COLUMN "c_{name}" TEXT;\n')
    return folder, name


def test_another_release_as_planned_and_back(site, environment, fetch, changed_app, tmp_path, aws):
    before = release_of(fetch)
    other = f"qa-e2e-{int(time.time())}"
    source, migration = changed_app
    new = ("-e", f"app_source={source}", "-e", f"build_release={other}")
    play(environment, "playbooks/build.yml", *new)
    saved = ("-e", f"release={other}", "-e", f"plan_file={tmp_path / 'plan.json'}")
    plan = play(environment, "playbooks/deploy.yml", *saved, "--check", "--diff")
    assert f"+ migration  {migration}" in plan
    assert f"release: {before} -> {other}" in plan
    assert release_of(fetch) == before
    done = play(environment, "playbooks/deploy.yml", *saved)
    assert f"+ migration  {migration}" in done
    assert "What was done is not what" not in done
    assert release_of(fetch) == other
    play(environment, "playbooks/rollback.yml")
    assert release_of(fetch) == before
    told = play(environment, "playbooks/releases.yml")
    assert re.search(rf"^{re.escape(other)} +rolled back ", told, re.M)
    assert re.search(rf"^{re.escape(before)} +good, serves ", told, re.M)
    # An image that was deleted is built again of the same source.
    image = {
        "repositoryName": "milky-way-admin-panel-qa-api",
        "imageIds": [{"imageTag": other}],
    }
    aws("ecr").batch_delete_image(**image)
    play(environment, "playbooks/build.yml", *new)
    assert len(aws("ecr").describe_images(**image)["imageDetails"]) == 1


def test_an_unknown_release_is_refused_and_the_old_one_serves_on(site, environment, fetch):
    before = release_of(fetch)
    with pytest.raises(AssertionError, match="no-such-release"):
        play(environment, "playbooks/deploy.yml", "-e", "release=no-such-release")
    assert release_of(fetch) == before


def test_the_application_is_back_by_itself_after_a_reboot(site, aws, fetch):
    before = release_of(fetch)
    ec2 = aws("ec2")
    ours = [
        {"Name": "instance-state-name", "Values": ["running"]},
        {"Name": "tag:Environment", "Values": ["qa"]},
    ]
    reservations = ec2.describe_instances(Filters=ours)["Reservations"]
    ids = [i["InstanceId"] for r in reservations for i in r["Instances"]]
    ec2.reboot_instances(InstanceIds=ids)

    def down() -> bool:
        return fetch("/")[0] >= 500

    wait_for(down, "the host going down")
    wait_for(lambda: fetch("/")[0] == 200 and release_of(fetch) == before, "the page")


def test_the_whole_run_at_the_highest_verbosity_holds_no_secret(site, aws):
    store = aws("secretsmanager")
    values = [
        value
        for secret in store.list_secrets()["SecretList"]
        if secret["Name"].startswith("milky-way-admin-panel/qa/")
        for value in json.loads(
            store.get_secret_value(SecretId=secret["Name"])["SecretString"]
        ).values()
        if len(value) >= 16
    ]
    assert len(values) >= 4
    assert search_text(site, values) == []
