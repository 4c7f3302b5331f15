"""An image with nothing but a port serves, and is back after a boot."""

import json

import pytest


@pytest.fixture
def container(host, about, get):
    get(f"http://{about['ansible_host']}:8090/release")
    [name] = host.check_output("docker ps --quiet --filter label=groundwork.release").split()
    [told] = json.loads(host.check_output(f"docker inspect {name}"))
    return told


def test_the_second_release_answers_on_the_published_port(about, get):
    assert get(f"http://{about['ansible_host']}:8090/release").strip() == "second"


def test_what_the_inventory_says_of_it_holds(container):
    settings = container["HostConfig"]
    assert container["Config"]["User"] == "65534:65534"
    assert settings["Memory"] == 32 * 1024**2
    assert settings["PidsLimit"] == 20
    assert settings["NanoCpus"] == 500_000_000
    assert container["Config"]["StopTimeout"] == 1


def test_nothing_is_checked_and_nothing_mounted_that_was_not_asked_for(container):
    assert "Healthcheck" not in container["Config"]
    assert [mount for mount in container["Mounts"] if mount["Type"] == "bind"] == []
    assert container["HostConfig"]["LogConfig"]["Type"] == "json-file"


def test_the_slot_is_reached_through_the_proxy_only(host):
    listening = host.check_output("ss --tcp --listening --numeric --no-header").splitlines()
    addresses = {line.split()[3] for line in listening}
    assert not [
        one for one in addresses if one.endswith("8080") and not one.startswith("127.0.0.1:")
    ]
