"""Half-made, drifted, converged: the plan equals the change, and drift.yml finds what it announces.

From empty: test_lifecycle.
"""

from __future__ import annotations

import json
from functools import partial

import pytest
from deletions import delete_some
from drifts import drift
from drifts.found import PREFIX
from drifts.identity import ADDED
from drifts.watching import STALE
from permissions import lacking
from resource_sets import changed_by, mismatches, properties

pytestmark = pytest.mark.slow

TAGS = {"Project": "milky-way-admin-panel", "Environment": "qa"}


@pytest.fixture(scope="module")
def look(account, tmp_path_factory):
    """Looks for drift: the run, and what was found."""
    path = tmp_path_factory.mktemp("drift") / "drift.json"

    def looked(*arguments: str):
        path.unlink(missing_ok=True)
        run = account.play("drift", "qa", "-e", f"drift_file={path}", *arguments)
        found = json.loads(path.read_text()) if path.exists() else {}
        return run, found

    return looked


@pytest.fixture(scope="module")
def runs(account, look):
    """One environment: a tier of it, with holes; the whole; drifted; the whole again."""

    provision = partial(account.succeed, "provision", "qa")
    found = {"alone": (provision("--limit", "logs", "--check"), provision("--limit", "logs"))}
    provision("--limit", "foundation")
    found["deleted"] = delete_some(account.client)
    found["half-made"] = provision("--check"), provision()
    # Leaves a trace of each component: what is drifted then must be found all the same.
    provision()
    found["drift"] = drift(account.client)
    found["looked"] = look()
    found["drifted"] = provision("--check", "--diff"), provision()
    return found


@pytest.mark.parametrize("state", ["alone", "half-made", "drifted"])
def test_what_the_plan_announces_is_what_the_run_changes(runs, state):
    announced, done = (changed_by(run.plan) for run in runs[state])
    assert mismatches(announced, done) == []


@pytest.mark.parametrize("state", ["alone", "half-made", "drifted"])
def test_a_plan_changes_nothing(runs, state):
    assert runs[state][0].mutating == []


def test_a_component_that_needs_nothing_is_made_before_there_is_a_state(runs):
    plan, run = runs["alone"]
    groups = [name for kind, name in changed_by(plan.plan) if kind == "log_group"]
    assert len(groups) == 3
    assert "is kept nowhere: the state bucket" in " ".join(run.output.split())


def test_what_was_deleted_by_hand_is_made_again(runs):
    announced = changed_by(runs["half-made"][0].plan)
    made = {key for key, item in announced.items() if item["action"] == "create"}
    assert runs["deleted"] <= made


def test_what_stood_is_not_made_again(runs):
    announced = changed_by(runs["half-made"][0].plan)
    assert ("vpc", "milky-way-admin-panel-qa") not in announced
    table = announced["route_table", "milky-way-admin-panel-qa-private"]
    assert table["action"] == "update"
    assert {change["property"] for change in table["changes"]} == {"routes", "subnets"}


def test_a_plan_announces_drift_property_by_property_and_nothing_else(runs):
    announced = changed_by(runs["drifted"][0].plan)
    assert properties(announced) == runs["drift"]
    assert {key for key, item in announced.items() if item["action"] != "update"} == {ADDED, STALE}
    assert {announced[key]["action"] for key in (ADDED, STALE)} == {"delete"}


def test_drift_is_found_property_by_property_and_nothing_else(runs):
    run, found = runs["looked"]
    assert run.code == 2, run.output[-3000:]
    assert run.mutating == []
    assert found["drifted"] is True
    assert properties(changed_by(found)) == runs["drift"]
    assert found["totals"]["delete"] == 2 and {ADDED, STALE} <= changed_by(found).keys()
    assert found["orphans"] == []
    assert "somebody" in run.output


def test_a_converged_environment_is_in_step(runs, look):
    run, found = look()
    assert (run.code, found.get("orphans")) == (0, []), run.output[-3000:]
    assert found["drifted"] is False
    assert "In step" in run.output
    assert run.mutating == []


def test_what_no_component_declares_is_found(runs, account, look):
    tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
    account.client("s3").create_bucket(Bucket=f"{PREFIX}-media")
    account.client("s3").put_bucket_tagging(Bucket=f"{PREFIX}-media", Tagging={"TagSet": tags})
    account.client("iam").create_role(
        RoleName=f"{PREFIX}-old", AssumeRolePolicyDocument='{"Version": "2012-10-17"}', Tags=tags
    )
    address = account.client("ec2").allocate_address(
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}]
    )
    budget = {"BudgetName": "old", "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    account.client("budgets").create_budget(
        AccountId="123456789012",
        Budget={**budget, "BudgetLimit": {"Amount": "1", "Unit": "USD"}},
        ResourceTags=tags,
    )
    account.client("scheduler").create_schedule_group(Name="old-nights", Tags=tags)
    account.client("cloudwatch").put_composite_alarm(
        AlarmName="by-hand", AlarmRule="FALSE", Tags=tags
    )
    (vpc,) = account.client("ec2").describe_vpcs(
        Filters=[{"Name": "tag:Name", "Values": [PREFIX]}]
    )["Vpcs"]
    (flows,) = account.client("ec2").create_flow_logs(
        ResourceType="VPC",
        ResourceIds=[vpc["VpcId"]],
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{PREFIX}-media",
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": tags}],
    )["FlowLogIds"]
    run, found = look()
    assert run.code == 2, run.output[-3000:]
    assert {one["id"] for one in found["orphans"]} == {
        "by-hand",
        flows,
        f"{PREFIX}-media",
        f"{PREFIX}-old",
        "old",
        "old-nights",
        address["AllocationId"],
    }
    assert "no component declares" in run.output


def test_what_is_missing_is_found_with_a_limit(runs, account, look):
    logs = account.client("logs")
    group = logs.describe_log_groups()["logGroups"][-1]["logGroupName"]
    logs.delete_log_group(logGroupName=group)
    run, found = look("--limit", "logs,registry")
    assert run.code == 2, run.output[-3000:]
    assert [key for key in changed_by(found) if key[0] == "log_group"] == [("log_group", group)]
    assert found["totals"]["create"] == 1
    assert set(found["components"]) <= {"logs", "registry", "environment"}


def test_an_error_is_no_drift(account, look):
    account.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    try:
        run, found = look()
    finally:
        account.environment["AWS_ENDPOINT_URL"] = account.url
    assert run.code == 1
    assert found == {}


def test_a_plan_of_everything_names_the_hosts_that_are_not_there_yet(account):
    plan = account.play("../site", "prod", "--check")
    assert plan.code == 0, plan.output[-3000:]
    assert plan.mutating == []
    made = plan.plan["hosts"]["localhost"]["create"]
    hosts = [one["name"] for one in made if one["type"] == "host"]
    assert hosts == [f"milky-way-admin-panel-prod-app-{number}" for number in (1, 2)]


def test_operators_policies_allow_all_that_repairs_it(account, runs):
    missing = lacking(account, "qa")
    assert missing == "", missing
