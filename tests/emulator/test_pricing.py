"""AWS's Price List answers as its reference says, and our names for it meet one product each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import price_list
from ansible_collections.groundwork.aws.plugins.plugin_utils.cost.live import Asker

ROLE = Path(__file__).parents[2] / "roles" / "cost"
NAMES = price_list.load(ROLE / "price_list")


def products(pricing, service, **filters):
    asked = [{"Type": "TERM_MATCH", "Field": f, "Value": v} for f, v in filters.items()]
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode=service, Filters=asked, PaginationConfig={"PageSize": 2}
    )
    return [json.loads(text) for page in pages for text in page["PriceList"]]


def test_products_are_told_in_awss_shape(aws):
    pricing = aws("pricing")
    told = products(pricing, "AmazonEC2", usagetype="BoxUsage:t3.small", operatingSystem="Linux")
    (document,) = told
    sku = document["product"]["sku"]
    assert document["serviceCode"] == "AmazonEC2"
    assert document["product"]["productFamily"] == "Compute Instance"
    (term,) = document["terms"]["OnDemand"].values()
    (step,) = term["priceDimensions"].values()
    assert (term["sku"], step["rateCode"].split(".")[0]) == (sku, sku)
    assert (step["unit"], step["pricePerUnit"]) == ("Hrs", {"USD": "0.0208000000"})


def test_all_filters_hold_and_pages_follow_each_other(aws):
    pricing = aws("pricing")
    assert len(products(pricing, "AmazonEC2", productFamily="Compute Instance")) > 2
    assert products(pricing, "AmazonEC2", regionCode="ap-south-1", volumeApiName="gp3") == []
    assert products(pricing, "AmazonS3") == []


def told(aws, region, *rows):
    return Asker(aws("pricing"), NAMES, region).ask(rows)


@pytest.mark.parametrize(
    ("row", "usd"),
    [
        (("ec2_instance", "t3.small"), 0.0208),  # not Windows', not that of a reservation
        (("rds_postgresql", "db.t3.micro"), 0.018),  # not two zones', not MySQL's
        (("rds_gp3", None), 0.115),
        (("cache_valkey", "cache.t3.micro"), 0.0136),
        (("application_load_balancer", None), 0.0225),  # not that of a trust store
        (("nat_gateway_data", None), 0.045),
        (("public_ipv4", None), 0.005),
        (("data_out", None), 0.09),  # the first of its steps
        (("data_between_zones", None), 0.02),  # from both sides
        (("kms_key", None), 1.0),
        (("kms_requests", None), 0.000003),  # the first that is paid for
        (("hosted_zone", None), 0.5),  # in no region
        (("dynamodb_writes", None), 0.000000625),
    ],
)
def test_a_price_is_found_among_others(aws, row, usd):
    found = told(aws, "us-east-1", row)
    assert found.missing == {} and found.trouble == ""
    assert found.prices == {row: pytest.approx(usd)}


def test_it_is_the_regions_own(aws):
    row = ("ec2_instance", "t3.small")
    assert told(aws, "eu-central-1", row).prices == {row: 0.024}


def test_what_is_not_sold_there_is_told(aws):
    found = told(aws, "us-east-1", ("ec2_instance", "x9.large"), ("data_between_regions", None))
    assert found.prices == {}
    assert "no such product" in found.missing["ec2_instance", "x9.large"]
    assert "other region" in found.missing["data_between_regions", None]
