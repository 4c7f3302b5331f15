"""What a plan makes of the month's cost: by resources that it creates, deletes and resizes."""

from __future__ import annotations

import json

import judged
import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.difference import carry, of_plan
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import estimate
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import Plan
from ansible_collections.groundwork.aws.plugins.plugin_utils.rendering import summary

ROLES = judged.ROOT / "roles"


def carried(env="qa", **extra):
    environment = judged.load([judged.ROOT / "inventories" / env], extra)
    found = carry(estimate(environment, ROLES), ROLES, environment.value("cost_prices"))
    # As it travels in a task's result.
    return json.loads(json.dumps(found))


def resource(kind, action, *changes):
    names = ("property", "before", "after")
    return {
        "type": kind,
        "name": "x",
        "action": action,
        "changes": [dict(zip(names, change, strict=True)) for change in changes],
    }


def planned(component, *resources, told=None):
    held = {action: [] for action in ("create", "update", "delete")}
    for one in resources:
        held[one["action"]].append(one)
    return of_plan(told or carried(), {component: {**held, "unchanged": 0}})


def test_a_new_instance_costs_what_one_costs():
    # 730 x 0.0208 + 20 x 0.08 + 730 x 0.005 + 4 x 0.30 + 10 x 0.02: all of the
    # traffic between zones, for there is one host.
    found = planned("instances", resource("instance", "create"))
    assert found["difference"] == 21.83


def test_two_of_three_instances_are_two_thirds():
    # Each: 15.184 + 1.60 + 3.65 + 1.20; the 0.20 of traffic is shared by three.
    new = resource("instance", "create")
    found = planned("instances", new, new, told=carried(instances_count=3))
    assert found["difference"] == pytest.approx(2 * (21.634 + 0.2 / 3), abs=0.01)


def test_what_goes_costs_less():
    gone = resource("instance", "delete")
    found = planned("instances", gone)
    assert found["difference"] == -21.83


def test_what_goes_counts_at_its_own_size_where_the_plan_tells_it():
    # t3.medium instead of the declared t3.small: 15.184 more.
    gone = resource("instance", "delete", ("instance_type", "t3.medium", None))
    found = planned("instances", gone)
    assert found["difference"] == pytest.approx(-21.834 - 15.184, abs=0.01)


def test_another_class_counts_before_and_after():
    # 730 x (0.036 - 0.018) = 13.14
    change = ("db_instance_class", "db.t3.micro", "db.t3.small")
    found = planned(
        "database",
        resource("db_instance", "update", change),
        told=carried(database_instance_class="db.t3.small"),
    )
    assert found["difference"] == 13.14


def test_a_standby_doubles_instance_and_storage():
    # 13.14 + 2.30 once more.
    found = planned(
        "database",
        resource("db_instance", "update", ("multi_az", False, True)),
        told=carried(database_multi_az=True),
    )
    assert found["difference"] == 15.44


def test_a_replica_is_one_more_node():
    change = resource("replication_group", "update", ("replicas", 0, 1))
    found = planned("cache", change, told=carried(cache_replicas=1))
    assert found["difference"] == 12.41


def test_what_costs_nothing_makes_no_difference():
    found = planned(
        "database",
        resource("db_parameter_group", "create"),
        resource("db_instance", "update", ("backup_retention_period", 1, 7)),
    )
    assert found["difference"] == 0
    assert found["not_counted"] == []


@pytest.mark.parametrize("before", ["(not shown by the module)", "x9.huge", None])
def test_what_cannot_be_told_is_named(before):
    change = ("instance_type", before, "t3.small")
    found = planned("instances", resource("instance", "update", change))
    assert found["difference"] == 0
    assert found["not_counted"] == ["instances: instance x"]


def test_a_change_that_is_not_shown_is_named():
    change = ("(not shown by the module)", None, "(changed)")
    found = planned("database", resource("db_instance", "update", change))
    assert found["not_counted"] == ["database: db_instance x"]
    assert planned("keys", resource("kms_key", "update", change))["not_counted"] == []


def test_a_first_plan_comes_to_the_whole_estimate():
    told = carried()
    found = 0.0
    for name, component in told["components"].items():
        counts = {
            "elastic_ip": 1,
            "log_group": 3,
            "secret": 4,
            "ecr_repository": 2,
            "metric_alarm": 18,
        }
        for kind in {kind for kind, _each in component["each"]}:
            new = [resource(kind, "create")] * counts.get(kind, 1)
            found += planned(name, *new, told=told)["difference"]
    assert found == pytest.approx(told["total"], abs=0.1)


def lines(check, *resources, **extra):
    plan = Plan(check=check)
    plan.cost = carried(**extra)
    for one in resources:
        plan.add("instances", one)
    return summary(plan.to_dict(), 0)


def test_the_summary_has_one_line_before_the_totals():
    told = lines(True, resource("instance", "create"))
    assert told[-2] == (
        "A month costs 132.74 USD as declared, +21.83 by this plan, 17.26 under the budget of "
        "150.00 (playbooks/cost.yml)."
    )
    assert told[-1].startswith("Plan: 1 to create")
    assert "-21.83 by this run" in lines(False, resource("instance", "delete"))[-2]


def test_without_a_difference_none_is_spoken_of():
    assert "by this" not in lines(True)[-2]


def test_an_unknown_price_is_told_and_stops_no_plan():
    told = lines(True, resource("instance", "create"), instances_type="x9.large")
    assert told[-2].startswith("A month's cost is not told")


def test_a_plan_without_an_estimate_is_as_it_was():
    assert "cost" not in Plan().to_dict()
