"""A deploy that fails leaves what serves alone; and the verbs of a day, in the lab."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time

import pytest

from tests.e2e.conftest import release_of
from tests.e2e.runs import ROOT, play, refused

pytestmark = pytest.mark.lab

STATUS = "playbooks/status.yml"


@pytest.fixture(scope="module")
def ending_app(tmp_path_factory):
    """The application with an api that ends as soon as it starts."""
    folder = tmp_path_factory.mktemp("ending") / "app"
    shutil.copytree(ROOT / "examples/app", folder, ignore=shutil.ignore_patterns("node_modules"))
    page = folder / "api/src/server.ts"
    page.write_text(
        f"console.error('no settings for this one'); process.exit(7);\n{page.read_text()}"
    )
    return folder


def test_a_release_that_ends_is_told_with_its_log_and_the_old_one_serves_on(
    site,
    environment,
    fetch,
    ending_app,
    tmp_path,
):
    before, name = release_of(fetch), f"qa-ending-{int(time.time())}"
    built = ("-e", f"app_source={ending_app}", "-e", f"build_release={name}")
    play(environment, "playbooks/build.yml", *built, "-e", f"sbom={tmp_path}")
    listed = json.loads((tmp_path / f"{name}-api.cdx.json").read_text())
    assert {"libc6", "pg"} <= {one["name"] for one in listed["components"]}
    assert "api-migrate  nothing" in play(
        environment, "playbooks/scan.yml", "-e", f"release={name}"
    )
    # As a pipeline does, whose page must say what became of it.
    given, page = ("-e", f"release={name}"), tmp_path / "page.md"
    told = refused(environment, "playbooks/deploy.yml", *given, "-e", f"summary_file={page}")
    for said in (told, page.read_text()):
        assert "no settings for this one" in said, said[-3000:]
        assert f"Release {before} has gone on serving" in said
    assert release_of(fetch) == before
    assert re.search(rf"^{name} +bad ", play(environment, "playbooks/releases.yml"), re.M)
    assert "RUNS TOO" not in play(environment, STATUS)
    again = refused(environment, "playbooks/rollback.yml", "-e", f"release={name}")
    assert "is recorded as bad" in again


def test_a_command_runs_in_the_releases_container_with_its_secrets(site, environment):
    command = {"command": "test -s /run/secrets/JWT_SECRET && echo has-it && echo $APP_RELEASE"}
    given = ("-e", "service=api", "-e", json.dumps(command))
    assert "has-it" in play(environment, "playbooks/run.yml", *given)
    failing = ("-e", "service=api", "-e", json.dumps({"command": "exit 3"}))
    assert "ended with exit code 3" in refused(environment, "playbooks/run.yml", *failing)


def test_maintenance_answers_with_its_page_and_the_hosts_stay_healthy(site, environment, fetch):
    play(environment, "playbooks/maintenance.yml", "-e", "mode=on")
    try:
        status, body = fetch("/")
        assert status == 503
        assert "Back soon" in body
        assert "MAINTENANCE" in play(environment, STATUS)
    finally:
        play(environment, "playbooks/maintenance.yml", "-e", "mode=off")
    assert fetch("/")[0] == 200


def test_a_rotated_secret_is_rolled_through_the_slots(site, environment, fetch, aws):
    before = release_of(fetch)
    assert "Nothing to change." in play(environment, "playbooks/refresh.yml")
    store = aws("secretsmanager")
    name = next(
        one["Name"] for one in store.list_secrets()["SecretList"] if one["Name"].endswith("qa/jwt")
    )
    value = json.loads(store.get_secret_value(SecretId=name)["SecretString"])
    value["key"] = f"rotated-by-the-test-{time.time_ns()}"
    store.put_secret_value(SecretId=name, SecretString=json.dumps(value))
    told = play(environment, "playbooks/refresh.yml")
    assert "secret JWT_SECRET: version" in told
    assert value["key"] not in told
    assert release_of(fetch) == before
    bucket = "milky-way-admin-panel-qa-state-123456789012"
    record = aws("s3").get_object(Bucket=bucket, Key=f"releases/{before}.json")["Body"]
    now = store.describe_secret(SecretId=name)["VersionIdsToStages"]
    (version,) = (one for one, stages in now.items() if "AWSCURRENT" in stages)
    assert json.load(record)["secret_versions"]["JWT_SECRET"]["version_id"] == version
    command = {"command": "sha256sum < /run/secrets/JWT_SECRET"}
    given = ("-e", "service=api", "-e", json.dumps(command))
    digest = hashlib.sha256(value["key"].encode()).hexdigest()
    assert digest in play(environment, "playbooks/run.yml", *given)


def test_console_prints_the_way_in(site, environment):
    told = play(environment, "playbooks/console.yml", "-e", "service=web")
    assert re.search(
        r"ssh -t .* sudo docker compose --file \S+/(blue|green)/compose.yml exec web sh", told
    )
