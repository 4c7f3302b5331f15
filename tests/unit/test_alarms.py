"""Which alarms an environment has, and how they are compared with CloudWatch's."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.groundwork.aws.plugins.filter.alarms import alarms, overridden
from ansible_collections.groundwork.aws.plugins.module_utils.alarms import asked, found, request
from ansible_collections.groundwork.aws.plugins.plugin_utils.watched import max_connections

ROOT = Path(__file__).parents[2]
LISTED = yaml.safe_load((ROOT / "group_vars/operations.yml").read_text())["alarms_list"]
TOPIC = "arn:aws:sns:us-east-1:123456789012:shop"
UNKNOWN = "(known after apply)"
ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
PUBLISHED = {
    "instances": {"names": ["shop-qa-app-1", "shop-qa-app-2"], "ids": ["i-1", "i-2"]},
    "database": {
        "name": "shop-qa",
        "instance_class": "db.t3.micro",
        "max_connections": "",
        "storage": 20,
    },
    "cache": {"nodes": ["shop-qa-cache-001", "shop-qa-cache-002"]},
    "load_balancer": {
        "arn": f"{ELB}:loadbalancer/app/shop/50dc",
        "target_groups": {"api": f"{ELB}:targetgroup/shop-api/73e2"},
    },
    "certificate": {"arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
}


def made(overrides=None, published=PUBLISHED):
    listed = alarms(overridden(LISTED, overrides or {}), published, "shop-qa", TOPIC)
    return {one["name"]: one for one in listed}


def test_each_resource_has_an_alarm_of_its_own():
    names = made().keys()
    assert {"shop-qa-instance-cpu-app-1", "shop-qa-instance-cpu-app-2"} <= names
    assert {"shop-qa-cache-memory-001", "shop-qa-cache-memory-002"} <= names
    assert {"shop-qa-database-cpu", "shop-qa-targets-none-api"} <= names


def test_what_an_environment_lacks_is_not_watched():
    names = made().keys()
    assert not [name for name in names if "replica" in name or "backup" in name]
    with_vault = made(published={**PUBLISHED, "backup": {"vault": "shop-qa"}})
    assert with_vault["shop-qa-backup-failed"]["dimensions"] == {"BackupVaultName": "shop-qa"}
    alone = made(published={"instances": PUBLISHED["instances"]})
    assert {name.split("-")[2] for name in alone} == {"instance", "service"}


def test_a_target_group_is_named_as_its_metrics_name_it():
    assert made()["shop-qa-targets-none-api"]["dimensions"] == {
        "TargetGroup": "targetgroup/shop-api/73e2",
        "LoadBalancer": "app/shop/50dc",
    }


def test_what_is_not_known_yet_stays_so():
    planned = {**PUBLISHED, "instances": {"names": ["shop-qa-app-1"], "ids": [UNKNOWN]}}
    assert made(published=planned)["shop-qa-instance-cpu-app-1"]["dimensions"] == {
        "InstanceId": UNKNOWN
    }


def test_a_percentage_is_one_of_what_the_environment_has():
    every = made()
    assert every["shop-qa-database-connections"]["threshold"] == 90  # of 112 on a db.t3.micro
    assert every["shop-qa-database-storage"]["threshold"] == 3 * 1024**3
    own = {**PUBLISHED["database"], "max_connections": "50"}
    assert (
        made(published={**PUBLISHED, "database": own})["shop-qa-database-connections"]["threshold"]
        == 40
    )


def test_a_class_that_no_table_knows_is_named_with_what_to_write():
    own = {**PUBLISHED["database"], "instance_class": "db.z1d.large"}
    with pytest.raises(AnsibleFilterError, match="alarms_overrides: {database_connections"):
        made(published={**PUBLISHED, "database": own})
    told = {"database_connections": {"threshold": 70}}
    assert made(told, {**PUBLISHED, "database": own})["shop-qa-database-connections"]


# "Quotas and constraints for Amazon RDS", and the instance classes of the RDS User Guide.
@pytest.mark.parametrize(
    ("instance_class", "most"),
    [
        ("db.t3.micro", 112),
        ("db.t4g.medium", 450),
        ("db.m6g.large", 901),
        ("db.r6i.4xlarge", 5000),
        ("db.x2g.large", None),
    ],
)
def test_connections_follow_from_the_class(instance_class, most):
    assert max_connections(instance_class, "") == most
    assert max_connections(instance_class, "LEAST({DBInstanceClassMemory/9531392},5000)") == most
    assert max_connections(instance_class, "100") == 100


def test_an_environment_overrides_by_name():
    numbers = {"comparison": ">", "threshold": 1, "period": 60, "missing": "missing"}
    metric = {"metric": "X", "namespace": "Y", "statistic": "Sum", "dimensions": {"Q": "o"}}
    own = {**numbers, **metric, "description": "mine"}
    every = made(
        {"database_cpu": {"threshold": 95}, "cache_memory": {"enabled": False}, "queue": own}
    )
    assert every["shop-qa-database-cpu"]["threshold"] == 95
    assert every["shop-qa-database-cpu"]["evaluation_periods"] == 3
    assert not [name for name in every if "cache-memory" in name]
    assert every["shop-qa-queue"]["dimensions"] == {"Q": "o"}


def test_a_composite_alarm_means_any_alarm_of_a_name():
    two = {name: f"{ELB}:targetgroup/shop-{name}/1" for name in ("api", "web")}
    published = {
        **PUBLISHED,
        "load_balancer": {**PUBLISHED["load_balancer"], "target_groups": two},
    }
    rule = made(published=published)["shop-qa-service-down"]["rule"]
    assert rule.startswith(
        '(ALARM("shop-qa-targets-none-api") OR ALARM("shop-qa-targets-none-web"))'
    )


def test_a_part_that_is_switched_off_never_rings():
    every = made({"load_balancer_errors": {"enabled": False}})
    rule = every["shop-qa-service-down"]["rule"]
    assert rule.endswith('(FALSE AND ALARM("shop-qa-load-balancer-error-rate"))')


def test_only_what_is_part_of_another_tells_nobody():
    silent = [name for name, one in made().items() if one["alarm_actions"] != [TOPIC]]
    assert silent == ["shop-qa-targets-none-api"]


@pytest.mark.parametrize("name", LISTED)
def test_each_alarm_of_the_list_says_what_no_data_means_and_what_to_do(name):
    one = LISTED[name]
    assert one["description"].count(". ") >= 1
    assert "rule" in one or one["missing"] in ("missing", "notBreaching", "breaching", "ignore")
    assert f"`{name}`" in (ROOT / "docs/watching.md").read_text()


@pytest.mark.parametrize("name", made())
def test_what_is_asked_of_cloudwatch_comes_back_as_asked(name):
    """What was put is described with the same words, so that a second run finds no difference."""
    wanted = asked(made()[name])
    told = {**request(name, wanted), "AlarmArn": "arn"}
    assert found(told) == {**wanted, "arn": "arn"}
