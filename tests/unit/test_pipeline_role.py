"""The pipeline's role may do what its verbs call, on its environment, and nothing else."""

from __future__ import annotations

import json

import pytest

from scripts.policies import generate, simulate, store
from scripts.policies.reference import action_of, implied
from tests.unit.pipeline import PLACE, policy

WHERE = "us-east-1:123456789012"


def call(service, action, path="/", **about):
    return {"service": service, "action": action, "path": path, "about": about}


TAGS = {"Project": "shop", "Environment": "qa"}
IMAGES = {"repositoryName": "shop-qa-api"}
OBJECT = "/shop-qa-state-123456789012/releases/qa-1.json"
GROUP = f"arn:aws:elasticloadbalancing:{WHERE}:targetgroup/shop-qa-api/0123456789abcdef"
DATABASE = {"DBInstanceIdentifier": "shop-qa-database"}
SNAPSHOT = {"DBSnapshotIdentifier": "shop-qa-before-qa-1-20261122"}
# Where each call of the list goes; those without a line name nothing.
ABOUT = {
    "dynamodb": {"about": {"TableName": "shop-qa-lock"}},
    "dynamodb:ListTagsOfResource": {
        "about": {"ResourceArn": f"arn:aws:dynamodb:{WHERE}:table/shop-qa-lock"}
    },
    "ecr": {"about": IMAGES},
    "elasticloadbalancing": {"about": {"TargetGroupArn": GROUP}},
    "rds:CreateDBSnapshot": {"about": {**DATABASE, **SNAPSHOT, "tags": TAGS}},
    "rds:DescribeDBSnapshots": {"about": SNAPSHOT},
    "rds:ListTagsForResource": {
        "about": {"ResourceName": f"arn:aws:rds:{WHERE}:snapshot:shop-qa-before-qa-1-20261122"}
    },
    "monitoring": {"about": {"AlarmNames": "shop-qa-targets"}},
    "s3": {"path": OBJECT},
    "s3:ListObjectsV2": {"path": "/shop-qa-state-123456789012"},
    "sns": {"about": {"TopicArn": f"arn:aws:sns:{WHERE}:shop-qa-notifications"}},
}
LISTED = store.calls_of("pipeline")


def listed(name):
    service, _, action = name.partition(":")
    return {"path": "/", "about": {}, "service": service, "action": action} | ABOUT.get(
        name, ABOUT.get(service, {})
    )


def refused(one, **given):
    return simulate.refused([one], [policy(**given)], PLACE)


@pytest.mark.parametrize("name", LISTED)
def test_it_may_make_each_call_of_its_verbs(name):
    assert refused(listed(name)) == []


def test_it_may_do_nothing_that_none_of_them_asks_for():
    actions = {action_of(*name.split(":")) for name in LISTED} - {""}
    actions |= {more.removesuffix("@") for one in actions for more in implied(one)}
    assert {one for said in policy()["Statement"] for one in said["Action"]} == actions


def test_an_operator_may_deploy_whatever_the_pipeline_may():
    assert set(LISTED) <= set(store.calls_of("deploy"))


def test_it_may_encrypt_for_the_topic_and_for_no_other_service():
    (found,) = [one for one in policy()["Statement"] if "kms:GenerateDataKey" in one["Action"]]
    assert found["Condition"] == {"StringEquals": {"kms:ViaService": "sns.us-east-1.amazonaws.com"}}
    assert found["Resource"] == ["arn:aws:kms:us-east-1:123456789012:key/1"]


def test_it_may_count_deploys_in_the_environments_namespace_only():
    (found,) = [one for one in policy()["Statement"] if "cloudwatch:PutMetricData" in one["Action"]]
    assert found["Condition"] == {"StringEquals": {"cloudwatch:namespace": "shop/qa"}}


@pytest.mark.parametrize("used", ["shop-qa-database", "shop-qa-database-20261121100000"])
def test_it_may_back_up_the_database_that_is_used_also_a_restored_one(used):
    about = {"DBInstanceIdentifier": used, **SNAPSHOT, "tags": TAGS}
    assert refused(call("rds", "CreateDBSnapshot", **about)) == []


def test_a_topic_that_the_inventory_names_is_told_too():
    own = f"arn:aws:sns:{WHERE}:everybody"
    told = call("sns", "Publish", TopicArn=own)
    assert refused(told) != []
    assert refused(told, deploy_notify_topic=own) == []


@pytest.mark.parametrize(
    "one",
    [
        call("sns", "Publish", TopicArn=f"arn:aws:sns:{WHERE}:shop-prod-notifications"),
        call("rds", "CreateDBSnapshot", DBInstanceIdentifier="shop-prod-database", **SNAPSHOT),
        call("ecr", "PutImage", repositoryName="shop-prod-api"),
        call("s3", "PutObject", "/shop-prod-state-123456789012/releases/qa-1.json"),
        call("secretsmanager", "GetSecretValue", SecretId="shop/qa/api"),
    ],
    ids=lambda one: one["action"],
)
def test_it_may_touch_nothing_of_another_environment_and_no_secret(one):
    assert refused(one) != []


def test_its_policy_is_within_iams_limit():
    many = {f"service-{number}": {"port": 3000 + number} for number in range(10)}
    text = json.dumps(policy(app_services=many)).replace("shop", "milky-way-admin-panel")
    assert generate.size(json.loads(text)) <= generate.LIMIT
