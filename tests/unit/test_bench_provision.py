"""The benchmark of provisioning: its table, and the comparison that makes it fair."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.provision import chain, inventories, memory, scale
from benchmarks.provision.__main__ import table
from benchmarks.terraform import compare
from benchmarks.terraform.account import Account


def test_a_no_op_run_is_held_against_terraforms_plan():
    found = {
        "no-op run": {"Groundwork": [3.0, 5.0, 4.0], "Terraform": [9.0, 9.0, 9.0]},
        "plan": {"Groundwork": [6.0, 6.0, 6.0], "Terraform": [8.0, 7.0, 9.0]},
    }
    head, run, plan = table(found)
    assert head.split() == ["Groundwork", "Terraform"]
    assert "4.0 s  (0.50)" in run
    assert "6.0 s  (0.75)" in plan and "8.0 s  (1.00)" in plan


def test_without_terraform_there_are_seconds_only():
    _head, plan = table({"plan": {"Groundwork": [6.0]}})
    assert plan.split() == ["plan", "6.0", "s"]


def account(policy: str, identifier: str, port: int = 80) -> dict:
    one = Account("http://127.0.0.1:9")
    one.add("vpc", "shop", {"VpcId": identifier, "Tags": [{"Key": "a", "Value": "b"}]}, identifier)
    one.add("role", "shop", {"Policy": policy, "In": f"of {identifier}", "CreateDate": identifier})
    one.add("listener", "shop", {"Port": port, "Tags": {"Owner": identifier}})
    return compare.normalise(one)


def test_ids_and_forms_make_no_difference_and_settings_do():
    one = account('{"A": [2, 1]}', "vpc-1")
    assert list(compare.differences(one, account('{"A": [1, 2]}', "vpc-2"))) == []
    found = list(compare.differences(one, account('{"A": [1, 3]}', "vpc-2", port=81)))
    assert found == [
        ("listener", "shop", "Port", 80, 81),
        ("role", "shop", "Policy.A.1", 2, 3),
    ]
    assert list(compare.differences({"vpc": {"shop": {}}}, {})) == [
        ("vpc", "shop", "", "present", "absent")
    ]


def test_the_longest_chain_counts_what_others_must_wait_for():
    found = {
        "network": chain.Component(5, 100, False, ()),
        "certificate": chain.Component(1, 30, True, ()),
        "balancer": chain.Component(2, 40, False, ("network", "certificate")),
        "database": chain.Component(3, 95, False, ("network",)),
    }
    assert chain.longest(found) == (5 + 100, ["network"])
    assert chain.in_sequence(found) == 11 + 265
    del found["network"]
    found["database"] = chain.Component(3, 50, False, ())
    found["balancer"] = chain.Component(2, 40, False, ("certificate",))
    assert chain.longest(found) == (1 + 30 + 2 + 40, ["certificate", "balancer"])


def test_components_are_read_from_inventory_and_timeline():
    known = chain.graph(Path(), "qa")
    assert known["zone"] == ("dns_zone", [])
    assert "certificate" in known["load_balancer"][1]
    spans = [
        {"host": "database", "play": 0, "start": 1, "end": 3, "waits": False},
        {"host": "database", "play": 1, "start": 3, "end": 9, "waits": True},
    ]
    found = chain.components({"spans": spans}, known, {"database": 60.0}.get)
    assert found["database"].work == 2 and found["database"].made == 60.0


@pytest.mark.parametrize(("make", "says"), [("environment", "e2"), ("buckets", 3), ("hosts", 4)])
def test_inventories_that_grow_are_what_they_say(make, says, tmp_path):
    folder = getattr(inventories, make)(tmp_path / "inventory", says)
    listed = subprocess.run(
        [Path(sys.executable).with_name("ansible-inventory"), "-i", folder / "components.yml"]
        + ["--list", "--export"],
        cwd=inventories.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    known = json.loads(listed.stdout)
    everybody = known["all"]["vars"]
    names = [name for name in known["_meta"]["hostvars"] if name.startswith("bucket_")]
    assert len(names) == (3 if make == "buckets" else 0)
    assert everybody["env"] == ("e2" if make == "environment" else "qa")
    assert everybody["instances_count"] == (4 if make == "hosts" else 1)


def test_a_line_of_what_grows_says_what_each_costs():
    one, four = (2.0, 1.0, 0.5), (4.0, 2.0, 0.5)
    assert "4.0 s (1.00 s)" in scale.line("buckets", 4, four, one)
    assert "4.0 s (2.00)" in scale.line("environments", 4, four, one)


# A child whose own child outlives it, as a keeper outlives the worker that started it.
LEAVES = """
import os, sys, time
if os.fork():
    sys.exit()
kept = bytearray(60 * 1024**2)
kept[::4096] = b"x" * len(kept[::4096])
time.sleep(1)
"""


def test_memory_is_that_of_all_that_was_started():
    with memory.peak() as most:
        subprocess.run([sys.executable, "-c", LEAVES], check=True)
        time.sleep(0.6)
    assert 60 < most[0] < 160
