"""A plan as people read it: fixed width, no colours."""

from __future__ import annotations

from ansible_collections.groundwork.aws.plugins.plugin_utils import rendering
from ansible_collections.groundwork.aws.plugins.plugin_utils.plan import Plan


def resource(kind: str, name: str, action: str, *changes: tuple) -> dict:
    told = [{"property": p, "before": b, "after": a} for p, b, a in changes]
    return {"type": kind, "name": name, "action": action, "changes": told}


def lines(plan: Plan, width: int = 60, **more) -> list[str]:
    return rendering.summary(plan.to_dict(), width, **more)


def test_a_plan_shows_each_change_then_one_line_of_totals():
    plan = Plan(check=True)
    plan.add("network", resource("vpc", "qa", "create", ("cidr_block", None, "10.0.0.0/16")))
    plan.add("network", resource("subnet", "qa-a", "unchanged"))
    plan.add("database", resource("db_instance", "qa", "update", ("storage", 20, 30)))
    plan.add("database", resource("db_snapshot", "old", "delete"))
    assert lines(plan) == [
        "network",
        "  + vpc         qa",
        "  = unchanged (1)",
        "",
        "database",
        "  ~ db_instance qa",
        "      storage: 20 -> 30",
        "  - db_snapshot old",
        "",
        "Plan: 1 to create, 1 to update, 1 to delete, 1 unchanged.",
    ]


def test_what_a_run_did_is_told_in_the_past():
    plan = Plan()
    plan.add("network", resource("vpc", "qa", "create"))
    assert lines(plan)[-1] == "Done: 1 created, 0 updated, 0 deleted, 0 unchanged."


def test_a_converged_run_is_one_line():
    plan = Plan()
    plan.add("network", resource("vpc", "qa", "unchanged"))
    [line] = lines(plan)
    assert line.startswith("Nothing to change.")


def test_a_failed_run_does_not_claim_to_be_done():
    plan = Plan()
    plan.fail("database", "Keep it", "no")
    assert lines(plan) == ["Stopped. Nothing was changed."]
    plan.add("network", resource("vpc", "qa", "create"))
    assert lines(plan)[-1].startswith("Stopped: 1 created")


def test_components_stand_in_the_inventorys_order():
    plan = Plan()
    plan.order = ["network", "database"]
    plan.add("database", resource("db", "qa", "create"))
    plan.add("network", resource("vpc", "qa", "create"))
    heads = [line for line in lines(plan) if line in ("network", "database")]
    assert heads == ["network", "database"]


def test_no_line_is_wider_than_the_terminal():
    plan = Plan()
    plan.add("a", resource("policy", "x" * 90, "update", ("document", "y" * 200, {"z": "y" * 200})))
    assert max(map(len, lines(plan, 60))) <= 60
    assert any("y" * 200 in line for line in lines(plan, 0))


def test_long_values_are_shown_where_they_differ():
    before, after = "a" * 300 + "OLD" + "b" * 300, "a" * 300 + "NEW" + "b" * 300
    plan = Plan()
    plan.add("a", resource("policy", "p", "update", ("document", before, after)))
    shown = lines(plan, 70)
    assert any("OLD" in line and line.strip().startswith("- ") for line in shown)
    assert any("NEW" in line and line.strip().startswith("+ ") for line in shown)


def test_of_a_long_list_only_what_it_loses_and_gains_is_shown():
    before = ["tcp 22 from 203.0.113.0/24", "tcp 443 from everywhere"]
    plan = Plan()
    plan.add("a", resource("group", "g", "update", ("rules", [*before, "tcp 22 from me"], before)))
    assert lines(plan, 60)[2:4] == ["      rules:", "        - tcp 22 from me"]


def test_changed_lines_of_a_file_stand_in_place_of_its_digest():
    plan = Plan()
    change = resource("file", "/etc/x", "update", ("content", "sha256:1", "sha256:2"))
    plan.add("host", change, host=True)
    shown = lines(plan, texts={("host", "file", "/etc/x"): ["@@ -1 +1 @@", "-old", "+new"]})
    assert "      +new" in shown
    assert not any("sha256" in line for line in shown)


def test_properties_of_a_new_resource_show_only_on_demand():
    plan = Plan()
    plan.add("network", resource("vpc", "qa", "create", ("cidr_block", None, "10.0.0.0/16")))
    assert not any("cidr_block" in line for line in lines(plan))
    assert "      cidr_block: (none) -> 10.0.0.0/16" in lines(plan, whole=True)


def test_the_title_names_operation_environment_and_limit():
    facts = {"operation": "provision", "project": "app", "environment": "qa", "limit": "network"}
    assert rendering.title({**facts, "check": False}) == "provision app qa, network only"
    assert "nothing is changed" in rendering.title({**facts, "check": True})
