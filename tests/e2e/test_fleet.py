"""Two hosts: a new one, one that fails, one that is lost, each maintained, and one that goes."""

from __future__ import annotations

import json
import sys

import pytest

from tests.e2e.conftest import release_of, wait_for
from tests.e2e.hosts import as_root, logins, plain, told
from tests.e2e.runs import play
from tests.e2e.watcher import watching

pytestmark = [pytest.mark.lab, pytest.mark.long]
COUNT = ("-e", "instances_count=2")
# Runs after each host of a deploy: the one that is given goes down once the first has switched.
LOSE = """
import os, sys, boto3
if os.environ["DEPLOY_HOST"] != sys.argv[1]:
    sys.exit()
ec2 = boto3.client("ec2")
ec2.stop_instances(InstanceIds=[sys.argv[2]])
ec2.get_waiter("instance_stopped").wait(InstanceIds=[sys.argv[2]], WaiterConfig={"Delay": 1})
"""


def reached(environment) -> int:
    """How many hosts let an operator in."""
    return len([as_root(login, "true") for login in logins(environment, "inventories/qa").values()])


@pytest.fixture(scope="module")
def states(aws):
    """A function that tells how each target group finds its targets."""

    def tell() -> list[list[str]]:
        client = aws("elbv2")
        groups = client.describe_target_groups()["TargetGroups"]
        health = [
            client.describe_target_health(TargetGroupArn=one["TargetGroupArn"]) for one in groups
        ]
        return [
            sorted(target["TargetHealth"]["State"] for target in one["TargetHealthDescriptions"])
            for one in health
        ]

    return tell


@pytest.fixture(scope="module")
def fleet(misfits, environment, fetch, states):
    """The names of two hosts that serve; afterwards there is one again. No request fails."""
    with watching(fetch) as (watcher,):
        play(environment, "playbooks/scale.yml", *COUNT, *misfits.given)
        assert states() == [["healthy"] * 2] * 2
    assert watcher.failures == []
    yield list(told(environment, "inventories/qa"))  # in the order in which they are deployed
    with watching(fetch) as (watcher,):
        play(environment, "playbooks/scale.yml", *misfits.given)
    assert watcher.failures == []
    assert states() == [["healthy"]] * 2
    assert len(told(environment, "inventories/qa")) == 1


def test_a_release_that_fails_on_the_second_host_leaves_neither(fleet, misfits, fetch):
    name = misfits.build()
    ill = f"{{{{ '0' if inventory_hostname == '{fleet[1]}' else 'never' }}}}"
    given = {"compose_deploy_environment": {"ILL_AFTER": ill}, "compose_deploy_wait": 20}
    with watching(fetch) as (watcher,):
        said = misfits.refused(name, "-e", json.dumps(given))
    assert "not healthy within 20 seconds" in said, said[-3000:]
    assert name in watcher.releases, "the first host had switched"
    assert watcher.failures == []
    assert {release_of(fetch) for _ in range(20)} == {misfits.serving}


def test_a_host_that_is_lost_takes_the_other_back_and_rejoins(
    fleet, misfits, fetch, environment, aws, states
):
    hosts = told(environment, "inventories/qa")
    lost = plain(hosts[fleet[1]]["ec2_instance_id"])
    hook = {"command": [sys.executable, "-c", LOSE, fleet[0], lost]}
    said = misfits.refused(
        misfits.build(), "-e", json.dumps({"deploy_hooks": {"after_host": hook}})
    )
    assert f"{fleet[1]} could NOT be taken back" in said, said[-3000:]
    assert f"Out of the balancer until a deploy succeeds on it: {lost}" in said
    wait_for(lambda: states() == [["healthy"]] * 2, "the host that is left, alone")
    with watching(fetch) as (watcher,):
        assert release_of(fetch) == misfits.serving
        aws("ec2").start_instances(InstanceIds=[lost])
        wait_for(lambda: reached(environment) == 2, "the lost host")
        misfits.deploy(misfits.build())
        wait_for(lambda: states() == [["healthy"] * 2] * 2, "both hosts")
    assert watcher.failures == []
    assert watcher.releases[-1] == misfits.serving


def test_hosts_are_maintained_one_after_the_other(fleet, misfits, fetch, environment):
    with watching(fetch, "/api/slow", "/api/release") as watchers:
        play(environment, "playbooks/maintain_hosts.yml", "-e", "reboot=true", *misfits.given)
    assert [one.failures for one in watchers] == [[], []]


def test_a_restart_is_a_deploy_of_the_same(fleet, misfits, fetch, environment):
    with watching(fetch, "/api/slow", "/api/release") as watchers:
        play(environment, "playbooks/restart.yml", *misfits.given)
    assert [one.failures for one in watchers] == [[], []]
    assert set(watchers[1].releases) == {misfits.serving}


def test_the_plan_of_a_host_that_has_nothing_yet_is_what_the_run_does(
    fleet, misfits, environment, aws, tmp_path
):
    hosts = told(environment, "inventories/qa")
    gone = plain(hosts[fleet[1]]["ec2_instance_id"])
    aws("ec2").terminate_instances(InstanceIds=[gone])
    play(environment, "playbooks/provision.yml", *COUNT)
    wait_for(lambda: reached(environment) == 2, "the new host")
    saved = (*COUNT, "-e", f"plan_file={tmp_path / 'plan.json'}")
    configure = ("playbooks/configure.yml", *misfits.given)
    for run in (configure, misfits.command(misfits.serving)):
        plan = play(environment, *run, *saved, "--check")
        assert f"\n{fleet[1]}\n  + " in plan, plan[-3000:]
        assert "What was done is not what" not in play(environment, *run, *saved)
