"""After a failed release, another one and a boot the application serves, confined."""

import base64
import json

import boto3
import pytest

HOST = "10.16.9.203"
ACCOUNT = {
    "endpoint_url": "http://10.16.0.1:5103",
    "region_name": "us-east-1",
    "aws_access_key_id": "AKIAFIXTUREOFMOLECULE",
    "aws_secret_access_key": "a-fixture-of-molecule-and-no-key-of-anybody",
}


@pytest.fixture(scope="module")
def containers(host, get):
    """What Docker knows of each service's container."""
    get(f"http://{HOST}:8080/health")
    get(f"http://{HOST}:8081/health")
    names = host.check_output("docker ps --quiet --filter label=groundwork.release").split()
    assert len(names) == 2, "one slot runs, with both services"
    told = json.loads(host.check_output(f"docker inspect {' '.join(names)}"))
    return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in told}


def test_second_release_is_back_after_the_boot(containers, get):
    assert get(f"http://{HOST}:8080/release").strip() == "second"
    assert containers["api"]["Config"]["Labels"]["groundwork.release"] == "qa-second"


def test_images_are_named_by_digest(containers):
    assert all("@sha256:" in one["Config"]["Image"] for one in containers.values())


def test_containers_are_confined(containers):
    for one in containers.values():
        settings = one["HostConfig"]
        assert one["Config"]["User"] == "1000:1000"
        assert settings["ReadonlyRootfs"]
        assert settings["CapDrop"] == ["ALL"]
        assert "no-new-privileges:true" in settings["SecurityOpt"]
        assert settings["Memory"] == settings["MemorySwap"] == 64 * 1024**2
        assert settings["PidsLimit"] == 256
        assert not settings["Privileged"]


def test_a_process_inside_can_neither_write_nor_gain_anything(host, containers):
    api = containers["api"]["Id"]
    asked = host.check_output(f"docker exec {api} cat /proc/self/status")
    status = dict(line.split(":\t", 1) for line in asked.splitlines())
    assert {int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")} == {0}
    assert status["NoNewPrivs"].strip() == "1"
    told = host.run(f"docker exec {api} touch /www/written /written")
    assert told.stderr.count("Read-only file system") == 2, told.stderr
    assert host.run(f"docker exec {api} touch /tmp/written").succeeded


def test_no_process_of_roots_stands_between_the_proxy_and_a_container(host):
    assert host.run("pgrep docker-proxy").rc == 1


def test_health_is_checked_by_the_image_or_by_the_path(containers):
    assert "CMD-SHELL" in containers["api"]["Config"]["Healthcheck"]["Test"]
    assert containers["worker"]["Config"]["Healthcheck"]["Test"][0] == "CMD"


def test_environment_is_given_as_written(containers):
    environment = containers["api"]["Config"]["Env"]
    assert "GREETING=costs $5" in environment
    assert "APP_RELEASE=qa-second" in environment


def test_failed_release_was_told_with_its_log(host):
    said = host.file("/root/broken.txt").content_string
    assert "Release qa-broken does not serve on" in said
    assert "cannot find the settings" in said
    assert "Release qa-first has gone on serving" in said


def test_crash_in_a_loop_was_told_and_left_the_release_serving(host):
    said = host.file("/root/crashing.txt").content_string
    assert "cannot reach the cache" in said
    assert "Release qa-second has gone on serving" in said


def test_release_that_got_ill_was_switched_back_from(host):
    said = host.file("/root/fading.txt").content_string
    assert "it got ill after the switch" in said
    assert "switched back to release qa-second" in said


def test_way_back_made_nothing_anew(host):
    seconds = json.loads(host.file("/root/back.json").content_string)
    assert set(seconds) == {"start", "proxy", "switch"}


def test_other_slot_stands_for_a_rollback_and_older_images_are_gone(host):
    told = host.check_output(
        "docker ps --all --filter label=groundwork.release --format '{{.Names}} {{.State}}'"
    )
    states = [line.split()[1] for line in told.splitlines()]
    assert sorted(states) == ["exited", "exited", "running", "running"]


def test_what_serves_has_the_larger_share_of_the_processors(host):
    names = host.check_output("docker ps --all --quiet --filter label=groundwork.release").split()
    told = json.loads(host.check_output(f"docker inspect {' '.join(names)}"))
    shares = {(one["State"]["Running"], one["HostConfig"]["CpuShares"]) for one in told}
    assert shares == {(True, 1024), (False, 128)}


def test_logs_are_in_their_groups(containers):
    client = boto3.client("logs", **ACCOUNT)
    streams = {
        "api": "secret file is readable",
        "worker": "secret variable is set",
    }
    for service, expected in streams.items():
        events = client.get_log_events(
            logGroupName=f"/shop/qa/{service}",
            logStreamName=f"i-0123456789abcdef0/shop-qa-blue-{service}-1",
        )["events"]
        assert any(expected in event["message"] for event in events)


def test_secret_is_in_no_configuration_disk_or_journal(host, containers):
    assert "canary" not in json.dumps(containers)
    # Encoded: sudo writes every command into the journal that is searched here.
    needle = base64.b64encode(b"canary-of-compose").decode()
    found = host.run(
        f"echo {needle} | base64 -d >/run/needle; "
        "grep --recursive --text --files-with-matches --devices=skip --file /run/needle "
        "/etc /opt /usr/local /var /root /home /tmp; "
        "journalctl --no-pager --output cat | grep --file /run/needle; "
        "cat /proc/[0-9]*/cmdline | grep --text --file /run/needle"
    )
    assert found.stdout == ""


def test_application_starts_with_its_unit(host):
    unit = host.service("groundwork-shop-qa")
    assert unit.is_enabled
    assert unit.is_running
