"""From nothing to an environment: the plan equals the change, twice is once.

What comes next: test_traces.py, test_drift.py, test_end_of_life.py.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest
from baseline import Baseline, documented
from documents import ALLOWED, documents, everything
from resource_sets import changed_by, mismatches, properties
from resource_tags import tags_of_everything

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def account(life, env):
    """An account for each environment: what one leaves, the other does not find."""
    return life(env).account


@pytest.fixture(scope="module")
def lifecycle(life, env):
    """The first runs of an environment; each test looks at one promise."""
    return life(env).runs


def test_a_plan_on_an_empty_account_succeeds_and_changes_nothing(lifecycle):
    assert lifecycle["plan"].code == 0, lifecycle["plan"].output[-3000:]
    assert lifecycle["plan"].mutating == []


def test_the_first_run_succeeds(lifecycle):
    assert lifecycle["apply"].code == 0, lifecycle["apply"].output[-3000:]


def test_what_the_plan_announced_is_what_the_run_did(lifecycle):
    announced, done = lifecycle["plan"].changed_tasks, lifecycle["apply"].changed_tasks
    assert {task for task in announced if not task[1].startswith("[localhost]")} == done


def test_a_plan_of_everything_names_the_hosts_that_are_not_there_yet(lifecycle, env):
    if env != "prod":
        pytest.skip("qa's plan is that of provisioning alone")
    made = lifecycle["plan"].plan["hosts"]["localhost"]["create"]
    hosts = [one["name"] for one in made if one["type"] == "host"]
    assert hosts == [f"milky-way-admin-panel-prod-app-{number}" for number in (1, 2)]


def test_resource_by_resource_and_property_by_property(lifecycle):
    announced, done = (changed_by(lifecycle[run].plan) for run in ("plan", "apply"))
    assert len(announced) > 40
    assert mismatches(announced, done) == []


def test_a_plan_of_a_converged_environment_announces_nothing(lifecycle):
    assert lifecycle["plan again"].code == 0
    assert lifecycle["plan again"].changed_tasks == set()


def test_a_second_run_changes_nothing_and_makes_no_mutating_call(lifecycle):
    again = lifecycle["apply again"]
    assert again.code == 0
    assert again.changed_tasks == set()
    assert again.mutating == []


def test_network_has_public_and_private_subnets_in_two_zones(lifecycle, env):
    built = lifecycle["built"]
    (vpc,) = built["vpcs"]
    ours = [s for s in built["subnets"] if s["VpcId"] == vpc["VpcId"]]
    zones = Counter((s["AvailabilityZone"], s["MapPublicIpOnLaunch"]) for s in ours)
    assert zones == {(f"us-east-1{z}", public): 1 for z in "ab" for public in (True, False)}
    nats = [n for n in built["nats"] if n["State"] == "available"]
    assert len(nats) == {"qa": 1, "prod": 2}[env]


def test_groups_let_in_only_who_must_come_in(lifecycle, env):
    groups = {
        name.removeprefix(f"milky-way-admin-panel-{env}-"): group
        for name, group in lifecycle["built"]["groups"].items()
    }
    ids = {group["GroupId"]: name for name, group in groups.items()}

    def sources(name):
        return {
            (
                rule["FromPort"],
                *sorted(r["CidrIp"] for r in rule["IpRanges"]),
                *sorted(ids[p["GroupId"]] for p in rule["UserIdGroupPairs"]),
            )
            for rule in groups[name]["IpPermissions"]
        }

    assert sources("load-balancer") == {(80, "0.0.0.0/0"), (443, "0.0.0.0/0")}
    assert sources("app") == {
        (22, "203.0.113.0/24"),
        (3000, "load-balancer"),
        (3001, "load-balancer"),
    }
    assert sources("database") == {(5432, "app")}
    assert sources("cache") == {(6379, "app")}
    assert groups["database"]["IpPermissionsEgress"] == []
    assert groups["cache"]["IpPermissionsEgress"] == []


def test_sizes_are_the_inventorys(lifecycle, env):
    built = lifecycle["built"]
    (database,) = built["databases"]
    (cache,) = built["caches"]
    prod = env == "prod"
    assert database["DBInstanceClass"] == ("db.t3.small" if prod else "db.t3.micro")
    assert database["MultiAZ"] is prod
    assert database["StorageEncrypted"] is True
    assert database["PubliclyAccessible"] is False
    assert database["Engine"] == "postgres"
    assert database["EngineVersion"].split(".")[0] == "15"
    assert cache["AutomaticFailover"] == ("enabled" if prod else "disabled")
    assert cache["TransitEncryptionEnabled"] is True
    assert cache["AtRestEncryptionEnabled"] is True
    assert cache["AuthTokenEnabled"] is True
    assert {i["InstanceType"] for i in built["instances"]} == {"t3.medium" if prod else "t3.small"}
    assert len(built["instances"]) == (2 if prod else 1)


def test_instances_answer_metadata_by_token_only(lifecycle):
    for instance in lifecycle["built"]["instances"]:
        assert instance["MetadataOptions"]["HttpTokens"] == "required"
        assert instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 1


def test_every_listener_is_https_or_leads_there(account, lifecycle):
    elb = account.client("elbv2")
    (balancer,) = lifecycle["built"]["balancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    by_port = {listener["Port"]: listener for listener in listeners}
    assert by_port[80]["DefaultActions"][0]["RedirectConfig"]["Protocol"] == "HTTPS"
    assert by_port[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


def test_who_must_delegate_the_zone_finds_its_name_servers(account, lifecycle, env):
    bucket = f"milky-way-admin-panel-{env}-state-123456789012"
    kept = account.client("s3").get_object(Bucket=bucket, Key="outputs/zone.json")["Body"]
    zone = json.loads(kept.read())
    found = account.client("route53").get_hosted_zone(Id=zone["zone_id"])
    assert zone["name_servers"] == sorted(found["DelegationSet"]["NameServers"]) != []


def test_every_alarm_tells_the_topic_or_is_part_of_one_that_does(lifecycle):
    (topic,) = (topic["TopicArn"] for topic in lifecycle["built"]["topics"])
    alarms = {alarm["AlarmName"]: alarm for alarm in lifecycle["built"]["alarms"]}
    rules = " ".join(alarm.get("AlarmRule", "") for alarm in alarms.values())
    for name, alarm in alarms.items():
        told = alarm["AlarmActions"] == alarm["OKActions"] == [topic]
        assert told or f'ALARM("{name}")' in rules, name


def test_each_resource_has_its_alarms(lifecycle, env):
    built = lifecycle["built"]
    ids = {i["InstanceId"] for i in built["instances"]}
    watched = {
        dimension["Value"]
        for alarm in built["alarms"]
        for dimension in alarm.get("Dimensions", [])
        if alarm["MetricName"] == "StatusCheckFailed"
    }
    assert watched == ids
    of = [
        alarm["AlarmName"].removeprefix(f"milky-way-admin-panel-{env}-")
        for alarm in built["alarms"]
    ]
    assert len([name for name in of if name.startswith("cache-memory")]) == (
        2 if env == "prod" else 1
    )
    assert {"database-storage", "certificate-expiry", "targets-none-web", "service-down"} <= set(of)
    (connections,) = (a for a in built["alarms"] if a["AlarmName"].endswith("database-connections"))
    assert connections["Threshold"] == 80  # of 100: max_connections in roles/database/defaults


def test_error_lines_of_each_service_are_counted(account, lifecycle, env):
    counted = {
        (one["logGroupName"].rpartition("/")[2], told["metricNamespace"], told["metricName"])
        for one in account.client("logs").describe_metric_filters()["metricFilters"]
        for told in one["metricTransformations"]
    }
    namespace = f"milky-way-admin-panel/{env}"
    assert counted == {(name, namespace, f"ErrorLines-{name}") for name in ("api", "web")}


def test_the_dashboard_shows_what_stands(lifecycle):
    (one,) = lifecycle["built"]["dashboards"]
    (balancer,) = lifecycle["built"]["balancers"]
    body = one["DashboardBody"]
    assert balancer["LoadBalancerArn"].partition(":loadbalancer/")[2] in body
    assert all(instance["InstanceId"] in body for instance in lifecycle["built"]["instances"])
    assert all(alarm["AlarmArn"] in body for alarm in lifecycle["built"]["alarms"])
    assert "(known after apply)" not in body


def test_no_policy_grants_everything_but_what_no_service_narrows(account, lifecycle, env):
    found = list(documents(account, env))
    assert {"instance", "ci", "key", "bucket", "repository"} <= {name for name, _ in found}
    wide = {
        (name, statement["Sid"])
        for name, document in found
        for statement in document["Statement"]
        if everything(statement)
    }
    assert wide == ALLOWED.keys()


def test_the_baseline_is_what_the_page_says(account, lifecycle, env):
    assert Baseline(account, lifecycle["built"]).passes() == documented(env)


def test_every_resource_carries_our_tags(account, lifecycle, env):
    wanted = {"Project": "milky-way-admin-panel", "Environment": env, "ManagedBy": "ansible"}
    tagged = tags_of_everything(account, lifecycle["built"])
    assert len(tagged) > 30
    for name, tags in tagged.items():
        assert wanted.items() <= tags.items(), name
        assert {"Component", "CostCenter", "Owner"} <= tags.keys(), name


def test_the_estimate_of_a_first_plan_is_what_it_creates(lifecycle):
    for run in ("plan", "apply"):
        cost = lifecycle[run].plan["cost"]
        assert cost["difference"] == pytest.approx(cost["total"], abs=0.01)
        assert cost["not_counted"] == []
    assert lifecycle["plan again"].plan["cost"]["difference"] == 0


def test_the_budget_is_the_inventorys(lifecycle, env):
    (budget,) = lifecycle["built"]["budgets"]
    assert float(budget["BudgetLimit"]["Amount"]) == (500 if env == "prod" else 150)


def test_another_type_of_hosts_that_run_is_planned_and_refused(account, lifecycle, env):
    if env == "prod":
        pytest.skip("as in qa")
    given = ("--limit", "instances", "-e", "instances_type=t3.large")
    plan = account.play("provision", env, *given, "--check", "--diff")
    run = account.play("provision", env, *given)
    assert plan.code == 0, plan.output[-3000:]
    name = "milky-way-admin-panel-qa-app-1"
    assert properties(changed_by(plan.plan)) == {("instance", name, "instance_type")}
    assert run.code != 0 and "playbooks/maintain_hosts.yml" in run.output
    assert plan.mutating == run.mutating == []
