"""What the other host roles render."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.unit.host_roles import ROLES, render

ROOT = Path(__file__).parents[2]
AGENT = yaml.safe_load(Path(__file__).with_name("cloudwatch_agent_schema.yml").read_text())


def test_daemon_leaves_the_mtu_to_docker():
    settings = json.loads(render("docker", "daemon.json.j2"))
    assert settings["live-restore"] is True
    assert settings["log-opts"] == {"max-size": "10m", "max-file": "3"}
    assert "mtu" not in settings


def test_daemon_is_confining():
    settings = json.loads(render("docker", "daemon.json.j2"))
    assert settings["no-new-privileges"] is True
    assert (settings["userland-proxy"], settings["icc"]) == (False, False)


def test_mtu_is_the_bridges_and_every_networks():
    settings = json.loads(render("docker", "daemon.json.j2", docker_mtu=1400))
    assert settings["mtu"] == 1400
    assert settings["default-network-opts"]["bridge"] == {"com.docker.network.driver.mtu": "1400"}


def test_daemon_options_win():
    given = {"live-restore": False, "debug": True}
    settings = json.loads(render("docker", "daemon.json.j2", docker_daemon_options=given))
    assert (settings["live-restore"], settings["debug"]) == (False, True)


def test_registries_have_a_helper_and_no_login():
    text = render("docker", "config.json.j2", docker_ecr_registries=["a.test", "b.test"])
    assert json.loads(text) == {"credHelpers": {"a.test": "ecr-login", "b.test": "ecr-login"}}
    assert json.loads(render("docker", "config.json.j2")) == {"credHelpers": {}}


def test_secrets_are_named_and_not_valued():
    text = render(
        "secrets",
        "secrets.json.j2",
        secrets_name="shop-qa",
        secrets_id_prefix="shop/qa/",
        secrets_items={
            "JWT_SECRET": {"secret": "jwt"},
            "DATABASE_URL": {"secret": "database", "format": "postgresql://{username:url}@db"},
        },
    )
    items = {item["name"]: item for item in json.loads(text)["items"]}
    assert items["JWT_SECRET"]["secret_id"] == "shop/qa/jwt"
    assert items["JWT_SECRET"]["format"] is None
    assert items["JWT_SECRET"]["version_stage"] == "AWSCURRENT"
    assert items["DATABASE_URL"]["format"] == "postgresql://{username:url}@db"


def test_memory_of_secrets_is_never_swapped_where_the_kernel_can():
    def options(kernel):
        facts = {"kernel": kernel}
        text = render("secrets", "run-groundwork-secrets.mount.j2", ansible_facts=facts)
        return next(line for line in text.splitlines() if line.startswith("Options="))

    assert options("6.12.43-cloud-amd64").endswith(",noswap")
    assert "noswap" not in options("6.1.0-13-cloud-amd64")


def test_secrets_are_fetched_before_docker_starts_containers():
    text = render("secrets", "groundwork-secrets.service.j2")
    assert "Before=docker.service" in text
    assert "TimeoutStartSec=150" in text


def test_agent_sends_metrics_and_no_logs_without_a_group():
    configuration = json.loads(render("cloudwatch_agent", "agent.json.j2"))
    assert "logs" not in configuration
    assert set(configuration["metrics"]["metrics_collected"]) == {"mem", "swap", "disk"}


def test_agent_sends_each_file_into_a_stream_of_its_own():
    text = render("cloudwatch_agent", "agent.json.j2", cloudwatch_agent_log_group="/shop/qa/host")
    files = json.loads(text)["logs"]["logs_collected"]["files"]["collect_list"]
    assert {entry["log_group_name"] for entry in files} == {"/shop/qa/host"}
    assert {entry["retention_in_days"] for entry in files} == {30}
    assert len({entry["log_stream_name"] for entry in files}) == len(files) == 3


@pytest.mark.parametrize("group", ["", "/shop/qa/host"])
def test_agent_takes_its_configuration(group):
    text = render("cloudwatch_agent", "agent.json.j2", cloudwatch_agent_log_group=group)
    jsonschema.validate(json.loads(text), AGENT)


@pytest.mark.parametrize("where", ["agent", "metrics"])
def test_agent_would_pass_over_a_misspelled_key(where):
    configuration = json.loads(render("cloudwatch_agent", "agent.json.j2"))
    configuration[where]["mispelled"] = 1
    with pytest.raises(jsonschema.ValidationError, match="mispelled"):
        jsonschema.validate(configuration, AGENT)


def test_agent_sends_what_alarms_look_at():
    """The disk's metric has the type of its file system too, which an alarm cannot know."""
    listed = yaml.safe_load((ROOT / "group_vars/operations.yml").read_text())["alarms_list"]
    metrics = json.loads(render("cloudwatch_agent", "agent.json.j2"))["metrics"]
    sent = {
        name if name.startswith(kind) else f"{kind}_{name}"
        for kind, told in metrics["metrics_collected"].items()
        for name in told["measurement"]
    }
    ours = [one for one in listed.values() if one.get("namespace") == "{{ metrics_namespace }}"]
    assert {one["metric"] for one in ours} <= sent
    for one in ours:
        dimensions = ["InstanceId", *one.get("dimensions", {})]
        assert dimensions == ["InstanceId"] or dimensions in metrics["aggregation_dimensions"]


def test_migration_mounts_single_secrets_and_the_bundle():
    text = render(
        "migration", "mounts.yml.j2", migration_name="shop-qa", migration_secrets=["DATABASE_URL"]
    )
    bundle, secret = yaml.safe_load(text)
    assert bundle["target"] == "/etc/ssl/certs/groundwork-ca.crt"
    assert secret == {
        "type": "bind",
        "source": "/run/groundwork/secrets/shop-qa/DATABASE_URL",
        "target": "/run/secrets/DATABASE_URL",
        "read_only": True,
    }


def test_migration_without_any_mount():
    assert yaml.safe_load(render("migration", "mounts.yml.j2", migration_ca_bundle="")) == []


@pytest.mark.parametrize("template", ["read.yml.j2", "status.yml.j2"])
def test_migration_image_is_confined_while_it_is_only_asked(template):
    found = {"ansible_search_path": [str(ROLES / "migration")]}
    text = render("migration", template, migration_image="app@sha256:1", **found)
    words = yaml.safe_load(text)
    assert {
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges:true",
        "--pids-limit=256",
        "--memory=512m",
        "--memory-swap=512m",
        "--user=1000:1000",
    } <= set(words)


def test_release_says_what_to_do_about_a_failed_migration():
    failures = {
        "Error: P3009\nmigrate found failed migrations": "migrate resolve",
        "Error: P3018\nA migration failed to apply.": "deploy a new release",
        "Error: P1002 ... advisory lock": "pg_terminate_backend",
        "something else": "To see where the database stands",
    }
    for output, advice in failures.items():
        text = render(
            "migration",
            "failure.j2",
            migration_image="app@sha256:1",
            migration_release="qa-1",
            ansible_failed_result={"msg": output},
        )
        assert output in text
        assert advice in text
