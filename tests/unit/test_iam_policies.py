"""Operators' policies are what the recorded calls make of them, narrow, and within IAM's limits."""

from __future__ import annotations

import json

import pytest

from scripts.policies import generate, simulate, store
from scripts.policies.reference import UnknownCallError, kinds

PLACE = {
    "project": "milky-way-admin-panel",
    "environment": "prod",
    "prefix": "milky-way-admin-panel-prod",
    "region": "us-east-1",
    "account": "123456789012",
}
KEPT = [path for operation in store.INCLUDES for path in store.paths(operation)]


def test_the_files_are_what_the_calls_make_of_them():
    assert store.stale() == [], "not up to date. Run: .venv/bin/python scripts/iam-policies"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_policy_is_within_iams_limit(path):
    policy = simulate.fill_all(json.loads(path.read_text()), PLACE)
    assert generate.size(policy) <= generate.LIMIT


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_no_action_is_a_pattern_and_a_resource_is_everything_only_where_iam_knows_none(path):
    for statement in json.loads(path.read_text())["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        if "*" in statement["Resource"]:
            assert [action for action in statement["Action"] if kinds(action)] == []


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_statements_of_a_policy_have_names_of_their_own(path):
    names = [statement["Sid"] for statement in json.loads(path.read_text())["Statement"]]
    assert len(names) == len(set(names))


def test_a_plan_may_change_nothing():
    actions = {a for policy in store.kept("plan") for s in policy["Statement"] for a in s["Action"]}
    reads = ("Decrypt", "Describe", "GenerateDataKey", "Get", "List", "View")
    assert [a for a in actions if not a.partition(":")[2].startswith(reads)] == []


def call(service, action, path="/", **about):
    return {"service": service, "action": action, "path": path, "about": about}


TAGS = {"Project": "milky-way-admin-panel", "Environment": "prod"}
ALLOWED = [
    call("s3", "PutObject", "/milky-way-admin-panel-prod-state-123456789012/outputs/keys.json"),
    call("rds", "DescribeDBInstances", DBInstanceIdentifier="milky-way-admin-panel-prod-database"),
    call("ec2", "CreateVpc", tags=TAGS),
    call("ec2", "CreateTags", ResourceId="eipalloc-1", tags=TAGS),
    call("kms", "CreateKey", tags=TAGS),
    call("iam", "CreateRole", RoleName="milky-way-admin-panel-prod-instance", tags=TAGS),
    call("sts", "GetCallerIdentity"),
]
REFUSED = [
    call("s3", "PutObject", "/somebody-elses-bucket/object"),
    call("rds", "CreateDBInstance", DBInstanceIdentifier="shop-prod-database"),
    call("rds", "DescribeDBSubnetGroups"),
    call("ec2", "CreateVpc"),
    call("ec2", "CreateVpc", tags={**TAGS, "Environment": "qa"}),
    call("secretsmanager", "GetSecretValue", SecretId="shop/prod/database"),
    call("iam", "AttachRolePolicy", RoleName="milky-way-admin-panel-prod-instance",
         PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
    call("ec2", "TerminateInstances", InstanceId="i-1"),
]  # fmt: skip


def judged(one):
    return simulate.refused([one], store.kept("provision"), PLACE)


@pytest.mark.parametrize("one", ALLOWED, ids=lambda one: one["action"])
def test_a_run_may_do_what_it_does(one):
    assert judged(one) == []


@pytest.mark.parametrize("one", REFUSED, ids=lambda one: one["action"])
def test_a_run_may_not_touch_what_is_anothers(one):
    assert judged(one) != []


def test_a_call_whose_action_has_another_name_says_where_to_write_it():
    with pytest.raises(UnknownCallError, match=r"s3:HeadTheBall.*scopes\.yml"):
        generate.policies(["s3:HeadTheBall"])


def test_a_type_whose_names_are_unknown_says_where_to_write_them():
    with pytest.raises(UnknownCallError, match=r"sqs:queue.*scopes\.yml"):
        generate.policies(["sqs:CreateQueue"])
