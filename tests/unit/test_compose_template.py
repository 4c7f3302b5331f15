"""The Compose project that compose_deploy renders."""

import yaml

from tests.unit.host_roles import render

DIGEST = "sha256:" + "a" * 64
IMAGES = {"api": f"registry.test/shop-api@{DIGEST}", "web": f"registry.test/shop-web@{DIGEST}"}
SERVICES = {
    "api": {"port": 3000, "health_path": "/health", "secrets": ["JWT_SECRET", "DATABASE_URL"]},
    "web": {"port": 3001, "environment": {"GREETING": "costs $5"}},
}


def project(services=None, image_config=None, slot="blue", **given):
    text = render(
        "compose_deploy",
        "compose.yml.j2",
        slot=slot,
        compose_deploy_name="shop-qa",
        compose_deploy_release="qa-1",
        compose_deploy_images=IMAGES,
        compose_deploy_services=services or SERVICES,
        _compose_deploy_image_config=image_config or {},
        **given,
    )
    return yaml.safe_load(text)


def test_every_service_is_confined():
    for service in project()["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"] == "1000:1000"
        assert service["mem_limit"] == service["memswap_limit"] == "256m"
        assert service["pids_limit"] == 256
        assert service["cpu_shares"] == 128
        assert service["tmpfs"][0].startswith("/tmp:")


def test_what_a_service_cannot_live_without_is_said_of_it_alone():
    exempt = {**SERVICES["web"], "read_only": False, "cap_add": ["NET_BIND_SERVICE"]}
    services = project(services={**SERVICES, "web": exempt})["services"]
    assert services["web"]["read_only"] is False
    assert services["web"]["cap_drop"] == ["ALL"]
    assert services["web"]["cap_add"] == ["NET_BIND_SERVICE"]
    assert services["api"]["read_only"] is True
    assert "cap_add" not in services["api"]


def test_further_images_are_named_and_outlive_a_restart():
    kept = [f"registry.test/shop-api@sha256:{letter * 64}" for letter in "cb"]
    assert project(compose_deploy_keep_images=kept)["x-groundwork-keeps"] == sorted(kept)
    slots = {
        "blue": {"release": "qa-1", "keeps": kept[:1]},
        "green": {"release": "qa-0", "keeps": kept},
    }
    again = project(_compose_deploy_slots={"slots": slots})
    assert again["x-groundwork-keeps"] == kept[:1]
    assert "x-groundwork-keeps" not in project()


def test_images_are_named_by_digest():
    assert project()["services"]["api"]["image"] == IMAGES["api"]


def test_secrets_are_files_in_memory_and_only_of_the_services_own():
    rendered = project()
    assert rendered["services"]["api"]["secrets"] == ["DATABASE_URL", "JWT_SECRET"]
    assert "secrets" not in rendered["services"]["web"]
    path = "/run/groundwork/secrets/shop-qa/JWT_SECRET"
    assert rendered["secrets"]["JWT_SECRET"] == {"file": path}


def test_no_secret_means_no_section():
    assert "secrets" not in project(services={"web": SERVICES["web"]})


def test_dollar_sign_survives_compose():
    assert project()["services"]["web"]["environment"]["GREETING"] == "costs $$5"


def test_application_learns_its_release_port_and_trust():
    environment = project()["services"]["api"]["environment"]
    assert environment["APP_RELEASE"] == "qa-1"
    assert environment["APP_DIGEST"] == DIGEST
    assert environment["PORT"] == "3000"
    assert environment["NODE_EXTRA_CA_CERTS"] == environment["SSL_CERT_FILE"]
    bundle = project()["services"]["api"]["volumes"][0]
    assert (bundle["target"], bundle["read_only"]) == (environment["SSL_CERT_FILE"], True)


def test_without_a_bundle_nothing_is_mounted():
    service = project(compose_deploy_ca_bundle="")["services"]["api"]
    assert "volumes" not in service
    assert "SSL_CERT_FILE" not in service["environment"]


def test_images_own_health_check_stays():
    own = {"api": {"Healthcheck": {"Test": ["CMD", "/check"]}}}
    assert "test" not in project(image_config=own)["services"]["api"]["healthcheck"]


def test_health_path_makes_a_check_where_the_image_has_none():
    check = project()["services"]["api"]["healthcheck"]["test"]
    assert check[0] == "CMD-SHELL"
    assert "http://127.0.0.1:3000/health" in check[1]


def test_service_without_any_check_has_none():
    assert "healthcheck" not in project()["services"]["web"]


def test_exported_secrets_keep_the_images_own_command():
    services = {"api": SERVICES["api"] | {"secrets_as_environment": True}}
    own = {"api": {"Entrypoint": ["/usr/bin/tini", "--"], "Cmd": ["node", "server.js"]}}
    service = project(services=services, image_config=own)["services"]["api"]
    program = "/run/groundwork/export-secrets"
    assert service["entrypoint"] == ["/bin/sh", program, "/usr/bin/tini", "--"]
    assert service["command"] == ["node", "server.js"]
    assert program in {volume["target"] for volume in service["volumes"]}


def test_command_of_the_image_is_not_repeated_otherwise():
    service = project(image_config={"api": {"Cmd": ["node", "server.js"]}})["services"]["api"]
    assert "command" not in service
    assert "entrypoint" not in service


def test_a_new_version_recreates_only_the_services_that_use_it():
    def labels(version):
        versions = {"JWT_SECRET": {"version_id": version}}
        services = project(compose_deploy_secrets_versions=versions)["services"]
        return {name: one["labels"]["groundwork.secrets"] for name, one in services.items()}

    before, after = labels("v1"), labels("v2")
    assert before["api"] != after["api"]
    assert before["web"] == after["web"]


def test_logs_go_to_the_services_group():
    logging = project(compose_deploy_log_group_prefix="/shop/qa", compose_deploy_log_stream="i-1")
    logging = logging["services"]["api"]["logging"]
    assert logging["driver"] == "awslogs"
    assert logging["options"]["awslogs-group"] == "/shop/qa/api"
    assert logging["options"]["tag"] == "i-1/{{.Name}}"
    assert logging["options"]["mode"] == "non-blocking"


def test_without_groups_the_daemons_driver_is_used():
    assert "logging" not in project()["services"]["api"]


def test_published_port_may_differ():
    services = {"web": SERVICES["web"] | {"published": 8080}}
    assert project(services=services)["services"]["web"]["ports"] == ["127.0.0.1:18080:3001"]


def test_two_slots_differ_only_in_name_and_ports():
    blue, green = project(slot="blue"), project(slot="green")
    assert (blue.pop("name"), green.pop("name")) == ("shop-qa-blue", "shop-qa-green")
    ports = [
        [service.pop("ports") for service in one["services"].values()] for one in (blue, green)
    ]
    assert ports == [
        [["127.0.0.1:13000:3000"], ["127.0.0.1:13001:3001"]],
        [["127.0.0.1:23000:3000"], ["127.0.0.1:23001:3001"]],
    ]
    assert blue == green
