"""The filters: names, subnets, rules, secrets."""

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.groundwork.aws.plugins.filter.listeners import listener_rules
from ansible_collections.groundwork.aws.plugins.filter.names import LIMITS, resource_name
from ansible_collections.groundwork.aws.plugins.filter.secrets import fill_secret
from ansible_collections.groundwork.aws.plugins.filter.subnets import subnets


def test_a_short_name_is_its_parts_joined():
    assert resource_name(["shop", "qa", "api"], "target_group") == "shop-qa-api"


def test_a_name_holds_only_what_aws_takes():
    assert resource_name("Shop_QA..api", "s3_bucket") == "shop-qa-api"


@pytest.mark.parametrize("kind", sorted(LIMITS))
def test_a_long_name_is_cut_to_the_limit_of_its_kind(kind):
    name = resource_name(["x" * 300, "api"], kind)
    assert len(name) == LIMITS[kind]
    assert not name.endswith("-")


def test_two_long_names_stay_two():
    long = "milky-way-admin-panel-production"
    assert resource_name([long, "api"], "target_group") != resource_name(
        [long, "web"], "target_group"
    )


def test_an_unknown_kind_is_named_with_the_known_ones():
    with pytest.raises(AnsibleFilterError, match="unknown kind 'bucket'.*s3_bucket"):
        resource_name("x", "bucket")


def test_each_zone_has_a_public_and_a_private_subnet():
    found = subnets("10.20.0.0/16", ["us-east-1a", "us-east-1b"])
    assert [(s["name"], s["zone"], s["cidr"], s["public"]) for s in found] == [
        ("public-a", "us-east-1a", "10.20.0.0/24", True),
        ("public-b", "us-east-1b", "10.20.1.0/24", True),
        ("private-a", "us-east-1a", "10.20.128.0/24", False),
        ("private-b", "us-east-1b", "10.20.129.0/24", False),
    ]


def test_a_third_zone_moves_no_subnet():
    two = subnets("10.20.0.0/16", ["us-east-1a", "us-east-1b"])
    three = subnets("10.20.0.0/16", ["us-east-1a", "us-east-1b", "us-east-1c"])
    assert all(subnet in three for subnet in two)


@pytest.mark.parametrize(
    ("cidr", "zones", "message"),
    [
        ("10.20.0.0/33", ["a"], "not a network"),
        ("10.20.0.1/16", ["a"], "not a network"),
        ("10.20.0.0/24", ["a"], "do not fit"),
        ("10.20.0.0/23", ["a", "b"], "holds 2 subnets of /24, 4 are needed"),
    ],
)
def test_a_range_that_does_not_fit_is_refused(cidr, zones, message):
    with pytest.raises(AnsibleFilterError, match=message):
        subnets(cidr, zones)


def test_rules_send_five_patterns_each_in_the_order_of_the_services():
    services = {
        "api": {"paths": [f"/{n}/*" for n in range(6)]},
        "web": {"paths": []},
        "docs": {"paths": ["/docs/*"]},
    }
    rules = listener_rules(services, {"api": "A", "web": "W", "docs": "D"})
    assert [
        (r["Priority"], len(r["Conditions"][0]["Values"]), r["Actions"][0]["TargetGroupArn"])
        for r in rules
    ] == [("1", 5, "A"), ("2", 1, "A"), ("3", 1, "D")]


def test_a_secret_keeps_given_values_and_fills_the_rest():
    filled = fill_secret({"username": "app", "password": "generate", "extra": "x"}, {"extra": "y"})
    assert filled["username"] == "app"
    assert filled["extra"] == "y"
    assert len(filled["password"]) == 40
    assert filled["password"].isalnum()


def test_generated_values_differ():
    assert fill_secret({"a": "generate"}, {}) != fill_secret({"a": "generate"}, {})


def test_a_value_for_an_unknown_field_is_refused():
    with pytest.raises(AnsibleFilterError, match="given for pasword.*only password"):
        fill_secret({"password": "generate"}, {"pasword": "x"})
