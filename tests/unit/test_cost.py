"""The estimate of a month: sums that were worked out by hand, and what has no price."""

from __future__ import annotations

import re
import shutil

import judged
import pytest
import yaml
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import table
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import estimate
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.knowledge import load_yaml
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.tables import KINDS

ROLES = judged.ROOT / "roles"
PRICES = [path for path in ROLES.glob("cost/prices/*.yml") if path.name != "regions.yml"]
COMPONENT_ROLES = sorted(path.parents[1] for path in ROLES.glob("*/tasks/present.yml"))


def estimated(env="qa", extra=None, folder=None):
    inventory = folder or judged.ROOT / "inventories" / env
    return estimate(judged.load([inventory], extra), ROLES)


def told(*arguments, **more):
    found = estimated(*arguments, **more)
    assert found.troubles == []
    return found.to_dict()


def total(component, **more):
    return told(**more)["components"][component]["total"]


def test_one_zone_of_qa_by_hand():
    # An hour a month 730 times. Instance 730 x 0.018 = 13.14; 20 GB x 0.115 = 2.30.
    assert total("database") == pytest.approx(13.14 + 2.30)
    # 730 x 0.0208 = 15.184; 20 GB x 0.08 = 1.60; address 730 x 0.005 = 3.65;
    # 4 metrics x 0.30 = 1.20; 10 GB between zones x 0.02 = 0.20.
    assert total("instances") == 21.83
    # One NAT gateway 730 x 0.045 = 32.85, its address 3.65, 1 GB through it 0.045.
    assert total("network") == pytest.approx(36.54, abs=0.01)


def test_prod_pays_for_its_standby_its_replica_and_each_zone():
    components = told("prod")["components"]
    # Two of db.t3.small: 2 x 730 x 0.036 = 52.56; 2 x 50 GB x 0.115 = 11.50.
    assert components["database"]["total"] == pytest.approx(64.06)
    # A node and a replica: 2 x 730 x 0.034 = 49.64.
    assert components["cache"]["total"] == pytest.approx(49.64)
    # Two gateways 65.70, two addresses 7.30.
    assert components["network"]["fixed"] == pytest.approx(73.00)
    # 2 x 730 x 0.0416 = 60.736; 2 x 40 x 0.08 = 6.40; 2 x 3.65 = 7.30; 2 x 4 x 0.30 = 2.40.
    assert components["instances"]["fixed"] + 2.40 == pytest.approx(76.84, abs=0.01)


def test_what_depends_on_use_stands_apart():
    balancer = told()["components"]["load_balancer"]
    # 730 x 0.0225 = 16.425, two addresses 7.30; one LCU 730 x 0.008 = 5.84,
    # 50 GB out x 0.09 = 4.50.
    assert balancer["fixed"] == pytest.approx(23.73, abs=0.01)
    assert balancer["use"] == pytest.approx(10.34)


def test_an_assumption_of_the_inventory_holds():
    # 450 GB more x 0.09 = 40.50.
    more = told(extra={"cost_usage": {"traffic_gb": 500}})
    assert more["total"] - told()["total"] == pytest.approx(40.50)
    assert more["usage"]["traffic_gb"]["value"] == 500


def test_numbers_of_the_command_line_are_numbers():
    as_text, as_number = ({"instances_count": count} for count in ("3", 3))
    assert told(extra=as_text) == told(extra=as_number) != told()


def test_what_is_stopped_at_night_runs_fewer_hours_and_keeps_its_disk():
    # 283 instead of 730 hours: 283 x 0.0208 = 5.886; 283 x 0.018 = 5.094. Disks,
    # addresses and metrics stay.
    components = told(extra={"cost_usage": {"running_hours": 283}})["components"]
    assert components["instances"]["total"] == pytest.approx(21.83 - 15.184 + 5.886, abs=0.01)
    assert components["database"]["total"] == pytest.approx(5.09 + 2.30, abs=0.01)
    assert components["database"]["use"] == 0


def test_the_schedule_says_how_long_they_run():
    # 13 hours on 5 days: 282.4 x 0.0208 = 5.874.
    instances = told(extra={"schedule_enabled": True})["components"]["instances"]
    assert instances["total"] == pytest.approx(21.83 - 15.184 + 5.874, abs=0.01)
    odd = {"schedule_enabled": True, "schedule_stop": "cron(0 20 1 * ? *)"}
    assert "is not by the week" in estimated(extra=odd).troubles[0]


def test_flow_logs_cost_what_is_delivered():
    # 4 GB x 0.25 = 1.00; in Parquet 4 x 0.03 more.
    assert total("flow_logs", extra={"cost_usage": {"flow_logs_gb": 4}}) == pytest.approx(1.00)
    parquet = {"cost_usage": {"flow_logs_gb": 4}, "flow_logs_format": "parquet"}
    assert total("flow_logs", extra=parquet) == pytest.approx(1.12)


def test_only_a_further_trail_costs(tmp_path):
    inventory = judged.copy("qa", tmp_path)
    page = inventory / "components.yml"
    page.write_text(page.read_text().replace("# trail", "trail"))
    assert told(folder=inventory)["components"]["trail"]["total"] == 0
    # 300,000 events x 2 / 100,000 = 6.00.
    further = {"cost_usage": {"trail_paid_events": 300000}}
    assert total("trail", folder=inventory, extra=further) == pytest.approx(6.00)


def test_valkey_costs_a_fifth_less():
    # 12.41 x 0.8 = 9.928.
    assert total("cache", extra={"cache_engine": "valkey"}) == pytest.approx(9.93)


def test_the_total_is_the_components_and_the_budget_is_compared():
    found = told(extra={"cost_budget": 100.0})
    parts = sum(one["total"] for one in found["components"].values())
    assert found["total"] == pytest.approx(parts, abs=0.1)
    assert found["total"] == pytest.approx(found["fixed"] + found["use"], abs=0.011)
    assert found["budget"]["left"] == pytest.approx(100 - found["total"])
    assert "over the budget of 100.00" in "\n".join(table.table(found))
    assert "under the budget of 150.00" in "\n".join(table.table(told()))


def test_without_a_budget_none_is_spoken_of():
    found = told(extra={"cost_budget": 0})
    assert found["budget"] is None
    assert "There is no budget" in "\n".join(table.table(found))


def test_a_second_component_of_a_role_counts_too(tmp_path):
    inventory = judged.copy("qa", tmp_path)
    page = inventory / "components.yml"
    second = (
        "        database:\n        orders: {component_role: database, database_name: orders,"
        " database_instance_class: db.t3.small}\n"
    )
    page.write_text(page.read_text().replace("        database:\n", second, 1))
    components = told(folder=inventory)["components"]
    # 730 x 0.036 = 26.28; 20 GB x 0.115 = 2.30.
    assert components["orders"]["total"] == pytest.approx(28.58)
    assert components["database"]["total"] == pytest.approx(15.44)


def test_copies_of_backups_cost_their_storage_and_their_way(tmp_path):
    inventory = judged.copy("qa", tmp_path)
    page = inventory / "components.yml"
    page.write_text(page.read_text().replace("# backup_plan:", "backup_plan:"))
    # 20 GB x 0.095 = 1.90.
    assert told(folder=inventory)["components"]["backup_plan"]["total"] == pytest.approx(1.90)
    # The same there 1.90; 10 GB on their way x 0.02 = 0.20.
    copied = told(folder=inventory, extra={"backup_plan_copy_region": "us-west-2"})
    assert copied["components"]["backup_plan"]["total"] == pytest.approx(4.00)


def test_another_region_costs_its_factor_but_for_what_is_everywhere_the_same():
    there = told(extra={"aws_region": "eu-central-1"})["components"]
    assert there["cache"]["total"] == pytest.approx(12.41 * 1.154, abs=0.01)
    assert there["zone"]["total"] == told()["components"]["zone"]["total"]


def test_the_inventorys_own_price_holds_as_it_is():
    extra = {
        "aws_region": "eu-central-1",
        "instances_type": "x9.large",
        "cost_prices": {"ec2_instance": {"x9.large": 1.0}},
    }
    lines = told(extra=extra)["components"]["instances"]["lines"]
    assert lines[0]["monthly"] == 730
    assert lines[0]["own_price"]


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (
            {"instances_type": "x9.large"},
            "instances: x9.large has no price.*Add the row x9.large to ec2_instance in "
            "roles/cost/prices/.*cost_prices",
        ),
        ({"database_instance_class": "db.x9.large"}, "database: db.x9.large .*rds_postgresql"),
        ({"aws_region": "af-south-1"}, "af-south-1 has no factor.*cost_region_factor"),
        ({"cost_prices": {"nat": 1}}, "no table nat"),
        ({"cost_prices": {"ec2_instance": 1}}, "ec2_instance is a number, or numbers by row"),
        ({"cost_usage": {"trafic_gb": 1}}, "nothing is called trafic_gb. There are: .*traffic_gb"),
    ],
)
def test_what_has_no_price_is_an_error_that_names_the_row(extra, says):
    troubles = "\n".join(estimated(extra=extra).troubles)
    assert re.search(says, troubles), troubles


def test_everything_without_a_price_is_told_at_once():
    extra = {"instances_type": "x9.large", "cache_node_type": "cache.x9.large"}
    assert len(estimated(extra=extra).troubles) == 2


def test_a_component_whose_role_says_nothing_of_money_is_an_error(tmp_path):
    roles = tmp_path / "roles"
    shutil.copytree(ROLES, roles)
    (roles / "cache" / "meta" / "cost.yml").unlink()
    environment = judged.load([judged.ROOT / "inventories" / "qa"])
    troubles = estimate(environment, roles).troubles
    assert troubles == [
        "cache: roles/cache/meta/cost.yml is missing: it says what the role counts (docs/cost.md)."
    ]


@pytest.mark.parametrize("role", COMPONENT_ROLES, ids=lambda role: role.name)
def test_every_components_role_says_what_it_costs(role):
    page = role / "meta" / "cost.yml"
    assert page.is_file(), f"{page}: what the role counts, `lines: []` where nothing costs"
    written = yaml.safe_load(page.read_text())
    # A module of several types names the first one only.
    types = {kind.type for kind in KINDS.values()} | {"composite_alarm"}
    for line in written["lines"]:
        assert line["resource"] in types, line
        assert set(line) <= {
            "price", "row", "count", "times", "amount", "hours", "resources", "resource",
            "properties",
        }  # fmt: skip


def test_assumptions_of_one_name_are_one_assumption():
    found = {}
    for role in COMPONENT_ROLES:
        for name, one in (load_yaml(role / "meta" / "cost.yml").get("usage") or {}).items():
            assert found.setdefault(name, one) == one, name


@pytest.mark.parametrize("page", PRICES, ids=lambda page: page.stem)
def test_every_price_has_its_date_and_source(page):
    for name, one in load_yaml(page).items():
        assert re.fullmatch(r"20\d\d-\d\d", str(one["as_of"])), name
        assert one["source"], name
        assert isinstance(one["verified"], bool), name
        assert ("rows" in one) != ("price" in one), name
        assert one["unit"] in ("h", "month", "GB", "each"), name
        assert all(price > 0 for price in one.get("rows", {"": one.get("price")}).values()), name


def test_the_front_page_says_what_the_table_says():
    text = (judged.ROOT / "README.md").read_text()
    for env in ("qa", "prod"):
        about = re.search(rf"{env} about (\d+) USD a month", text)
        assert about, env
        assert int(about[1]) == pytest.approx(told(env)["total"], abs=1), env
