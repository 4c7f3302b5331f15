"""Which tagged resources no component declares."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.drift import identifiers, orphans

VPC = "vpc-0123456789abcdef0"
VPC_ARN = f"arn:aws:ec2:us-east-1:123456789012:vpc/{VPC}"
TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-qa-lock"


def resource(arn: str, identifier: str, **other: str) -> dict[str, str]:
    facts = {"type": "ec2:vpc", "state": "present", "component": "network"}
    return {"arn": arn, "id": identifier, "name": identifier, **facts, **other}


def test_arns_and_ids_are_found_however_deep():
    result = {"vpc": {"id": VPC, "tags": {"Name": "shop"}}, "tables": [{"arn": TABLE_ARN}]}
    assert identifiers(result) == {VPC, TABLE_ARN}


@pytest.mark.parametrize("text", ["my-vpc", "a sentence about vpc-0123456789abcdef0", "arn", ""])
def test_words_are_no_identifiers(text):
    assert identifiers({"msg": text}) == set()


def test_what_the_run_met_is_no_orphan():
    tagged = [resource(VPC_ARN, VPC)]
    assert orphans(tagged, seen=[VPC]) == []
    assert orphans(tagged, seen=[VPC_ARN]) == []
    assert orphans(tagged, seen=[]) == tagged


def test_a_name_is_enough_where_aws_gives_no_id():
    tagged = [resource(TABLE_ARN, "shop-qa-lock", type="dynamodb:table")]
    assert orphans(tagged, seen=["shop-qa-lock"]) == []


def test_a_second_one_of_the_same_name_is_an_orphan():
    second = "vpc-0fedcba9876543210"
    tagged = [resource(VPC_ARN.replace(VPC, second), second)]
    assert orphans(tagged, seen=[VPC, "shop-qa-network"]) == tagged


@pytest.mark.parametrize(
    "kept", [{"state": "pending deletion until 2026-12-01"}, {"type": "rds:snapshot"}]
)
def test_what_goes_by_itself_or_was_kept_on_purpose_is_no_orphan(kept):
    assert orphans([resource(VPC_ARN, VPC, **kept)], seen=[]) == []


def test_a_limited_run_judges_only_its_components():
    tagged = [resource(VPC_ARN, VPC)]
    assert orphans(tagged, seen=[], components=["database"]) == []
    assert orphans(tagged, seen=[], components=["network"]) == tagged


def test_an_instance_without_tags_is_an_orphan_by_its_name():
    name = "shop-qa-database-20261121100000"
    arn = f"arn:aws:rds:us-east-1:123456789012:db:{name}"
    left = resource(arn, name, type="rds:db", component="", restored_from="shop-qa-database")
    assert orphans([left], seen=["shop-qa-database"]) == [left]
    # With --limit as well, where the run met the database.
    assert orphans([left], seen=["shop-qa-database"], components=["database"]) == [left]
    assert orphans([left], seen=["shop-qa-network"], components=["network"]) == []
    # The one that the inventory names.
    assert orphans([left], seen=["shop-qa-database", name]) == []
