"""Estimates at AWS's prices of now: what they take, do not believe, and say without them."""

from __future__ import annotations

import json

import judged
import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import price_list, table
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.current import (
    comparison,
    live_estimate,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.estimate import tables
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.live import Asker, Live, trouble
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

ROLES = judged.ROOT / "roles"
NAMES = price_list.load(ROLES / "cost" / "price_list")
DATABASE = ("rds_postgresql", "db.t3.micro")


def environment(**extra):
    return judged.load([judged.ROOT / "inventories" / "qa"], extra)


def telling(prices, why="AWS's Price List has no such product", trouble=""):
    """An answer of AWS: these prices, and of everything else none."""

    def ask(rows, _names, _region):
        told = {row: prices[row] for row in rows if row in prices}
        missing = {row: why for row in rows if row not in told}
        return Live(told, missing, {"2026-11-01"} if told else set(), trouble)

    return ask


def estimated(ask, **extra):
    found = live_estimate(environment(**extra), ROLES, ask)
    assert found.troubles == []
    return found.to_dict()


def test_a_live_price_goes_before_the_tables():
    found = estimated(telling({DATABASE: 0.020}))
    # 730 x 0.020 = 14.60, of the table 20 GB x 0.115 = 2.30.
    assert found["components"]["database"]["total"] == pytest.approx(16.90)
    instance, storage, *_ = found["components"]["database"]["lines"]
    assert (instance["source"], storage["source"]) == ("live", "table")
    assert found["prices"]["live"] == 1


def test_the_inventorys_own_price_goes_before_both():
    own = {"rds_postgresql": {"db.t3.micro": 0.03}}
    found = estimated(telling({DATABASE: 0.020}), cost_prices=own)
    assert found["components"]["database"]["lines"][0]["source"] == "own"
    assert found["prices"]["live"] == 0


def test_the_lines_say_which_came_from_where():
    lines = table.table(estimated(telling({DATABASE: 0.020})))
    (instance,) = [line for line in lines if "1 x db.t3.micro" in line]
    (storage,) = [line for line in lines if "gp3 storage, one zone" in line]
    assert instance.endswith("live") and storage.endswith("table")
    words = "\n".join(lines)
    assert "live are 1 of AWS's Price List" in words and "published on 2026-11-01" in words
    assert "Prices of the table as of 2025-06, not compared" in words
    assert "rds_gp3" in words and "no such product" in words


def test_what_is_far_from_the_table_is_not_believed():
    found = estimated(telling({DATABASE: 0.18}))
    assert found["components"]["database"]["total"] == pytest.approx(15.44)
    (one,) = [m for m in found["prices"]["missing"] if m["price"] == "rds_postgresql"]
    assert "0.18 is too far from the table's 0.018" in one["why"]


def test_a_size_that_no_table_has_is_counted_where_aws_tells_its_price():
    row = ("ec2_instance", "x9.large")
    found = estimated(telling({row: 1.0}), instances_type="x9.large")
    assert found["components"]["instances"]["lines"][0]["monthly"] == 730
    lacking = live_estimate(environment(instances_type="x9.large"), ROLES, telling({}))
    assert "x9.large has no price" in lacking.troubles[0]


def test_a_region_without_a_factor_needs_every_price_of_aws():
    lacking = live_estimate(environment(aws_region="af-south-1"), ROLES, telling({DATABASE: 0.02}))
    assert any("af-south-1 has no factor" in one for one in lacking.troubles)
    assert not any("db.t3.micro" in one for one in lacking.troubles)
    # A price that is the same everywhere is the table's all the same.
    assert not any(one.startswith("zone:") for one in lacking.troubles)


def test_where_aws_cannot_be_asked_the_tables_count_and_it_is_said():
    found = estimated(telling({}, why="not asked", trouble="EndpointConnectionError: no"))
    assert found["components"]["database"]["total"] == pytest.approx(15.44)
    words = "\n".join(table.table(found))
    assert "could not be asked: EndpointConnectionError: no" in words
    assert "live are" not in words


def test_the_comparison_names_what_moved():
    prices = tables(environment(), ROLES)
    known = {row: prices.of_table(*row, 1.0) for row in prices.rows()}
    found = comparison(environment(), ROLES, telling({**known, DATABASE: 0.0189}))
    (moved,) = found["moved"]
    assert (moved["row"], moved["table"], moved["live"]) == ("db.t3.micro", 0.018, 0.0189)
    assert moved["percent"] == 5.0
    assert (found["same"], found["missing"]) == (len(known) - 1, [])
    words = "\n".join(table.compared(found))
    assert "0.0189  +5.0 %" in words and f"1 moved, {len(known) - 1} are as the tables" in words


def test_a_price_for_many_is_compared_as_the_table_has_it():
    # The table has USD for a million of them.
    found = comparison(environment(), ROLES, telling({("dynamodb_writes", None): 0.0000007}))
    assert (found["moved"][0]["table"], found["moved"][0]["live"]) == (0.625, 0.7)


def product(usd, **attributes):
    steps = {"a": {"beginRange": "0", "pricePerUnit": {"USD": str(usd)}}}
    terms = {"OnDemand": {"x": {"priceDimensions": steps}}}
    return json.dumps({"product": {"attributes": attributes}, "terms": terms})


class Answers:
    """A client whose only call answers with documents, or raises."""

    def __init__(self, *documents, error=None):
        self.documents, self.error, self.asked = documents, error, []

    def get_paginator(self, _name):
        return self

    def paginate(self, **request):
        self.asked.append(request)
        if self.error:
            raise self.error
        return [{"PriceList": self.documents}]


def test_several_prices_are_no_price():
    named = {"regionCode": "us-east-1", "usagetype": "NatGateway-Hours"}
    client = Answers(product(0.045, **named), product(0.05, **named))
    found = Asker(client, NAMES, "us-east-1").ask([("nat_gateway", None)])
    assert "several prices for it: 0.045, 0.05" in found.missing["nat_gateway", None]


@pytest.mark.parametrize(
    "usagetype", ["LoadBalancerUsage", "EUC1-LoadBalancerUsage", "EU-LoadBalancerUsage"]
)
def test_a_regions_prefix_is_looked_through(usagetype):
    client = Answers(product(0.0225, usagetype=usagetype), product(9, usagetype=f"TS-{usagetype}"))
    found = Asker(client, NAMES, "eu-central-1").ask([("application_load_balancer", None)])
    assert found.prices == {("application_load_balancer", None): 0.0225}


def test_what_may_not_be_asked_ends_the_asking_and_names_the_permission():
    refused = ClientError(
        {"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetProducts"
    )
    client = Answers(error=refused)
    found = Asker(client, NAMES, "us-east-1").ask([("nat_gateway", None)] + [DATABASE] * 40)
    assert "pricing:GetProducts (docs/iam)" in found.trouble
    assert len(found.missing) == 2 and len(client.asked) <= 2


def test_why_aws_cannot_be_asked_is_said_in_words():
    assert trouble(NoCredentialsError()).startswith("The credentials are missing. Set AWS_PROFILE")
    gone = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert "http://127.0.0.1:1" in trouble(gone)


def test_every_table_says_how_aws_calls_it_and_nothing_else():
    prices = tables(environment(), ROLES)
    assert NAMES.keys() == {name for name, _row in prices.rows()}
    keys = {"service", "usagetype", "filters", "one_of", "region", "times", "none"}
    for name, named in NAMES.items():
        assert set(named) <= keys, name
        has_rows = (name, None) not in prices.rows()
        assert has_rows == ("{row}" in str(named.get("filters"))), name
