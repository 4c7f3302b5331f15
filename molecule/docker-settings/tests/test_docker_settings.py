"""What the inventory says of the engine is what its containers get."""

import json

import pytest


@pytest.fixture(scope="module")
def image(host):
    return host.check_output("tar -C / -c usr/bin/busybox | docker import - scratch:settings")


def test_live_restore_is_off(host):
    assert (
        json.loads(host.check_output("docker info --format '{{json .LiveRestoreEnabled}}'"))
        is False
    )


def test_a_containers_network_has_the_mtu(host, image):
    shown = host.check_output(
        f"docker run --rm --entrypoint /usr/bin/busybox {image} cat /sys/class/net/eth0/mtu"
    )
    assert shown.strip() == "1400"


def test_a_container_gets_the_limits(host, image):
    run = f"docker run --rm --entrypoint /usr/bin/busybox {image}"
    assert host.check_output(f"{run} sh -c 'ulimit -Sn; ulimit -Hn'").split() == ["2048", "4096"]


def test_a_containers_log_is_kept_so(host, image):
    name = host.check_output(f"docker create {image} /usr/bin/busybox true")
    [told] = json.loads(host.check_output(f"docker inspect {name}"))
    host.check_output(f"docker rm {name}")
    options = {"max-size": "1m", "max-file": "2", "compress": "true"}
    assert told["HostConfig"]["LogConfig"] == {"Type": "json-file", "Config": options}


def test_no_login_is_configured_where_no_registry_is(host):
    configuration = json.loads(host.file("/root/.docker/config.json").content_string)
    assert configuration == {"credHelpers": {}}
