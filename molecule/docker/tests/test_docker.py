"""The engine serves, as configured, and root's configuration holds no login."""

import json


def test_engine_serves_now_and_after_a_boot(host):
    docker = host.service("docker")
    assert docker.is_running
    assert docker.is_enabled


def test_compose_is_version_2(host):
    assert int(host.check_output("docker compose version --short").split(".")[0]) >= 2


def test_daemon_has_the_configuration(host):
    told = json.loads(host.check_output("docker info --format '{{json .}}'"))
    assert told["LoggingDriver"] == "json-file"
    assert told["Driver"] == "overlay2"
    assert told["LiveRestoreEnabled"] is True
    assert any("no-new-privileges" in option for option in told["SecurityOptions"])


def test_daemons_come_last_where_processors_are_short(host):
    for unit in ("docker", "containerd"):
        # Asked of the kernel: in cgroups of version 1 a weight of 100 is a share of 1024.
        told = host.check_output(
            f"cat /sys/fs/cgroup/system.slice/{unit}.service/cpu.weight "
            f"/sys/fs/cgroup/cpu/system.slice/{unit}.service/cpu.shares 2>/dev/null || true"
        )
        assert told in ("25", "256")


def test_containers_of_the_default_network_do_not_reach_each_other(host):
    told = json.loads(host.check_output("docker network inspect bridge"))[0]["Options"]
    assert told["com.docker.network.bridge.enable_icc"] == "false"


def test_daemon_leaves_the_mtu_to_docker(host):
    assert "mtu" not in json.loads(host.file("/etc/docker/daemon.json").content_string)


def test_containers_run(host):
    # ldconfig is the one static program that every Debian has.
    image = host.check_output("tar -C / -c usr/sbin/ldconfig | docker import - scratch:test")
    assert image.startswith("sha256:")
    told = host.check_output("docker run --rm scratch:test /usr/sbin/ldconfig --version")
    assert told.startswith("ldconfig")


def test_ecr_is_pulled_from_with_the_instances_role(host):
    configuration = host.file("/root/.docker/config.json")
    assert configuration.mode == 0o600
    assert json.loads(configuration.content_string) == {
        "credHelpers": {"123456789012.dkr.ecr.us-east-1.amazonaws.com": "ecr-login"}
    }
    assert host.exists("docker-credential-ecr-login")
