"""Bad inventories and commands: each yields its finding, with key, place and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import judged
import pytest
import yaml
from ansible import context
from ansible.module_utils.common.collections import ImmutableDict
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.checks.values import (
    check_required,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import report

SIZES, IDENTITY = "group_vars/all/sizes.yml", "group_vars/all/environment.yml"
HOSTS = "aws_ec2.yml"


class Case(NamedTuple):
    """A spoilt file and its finding; see preflight_inputs.yml."""

    file: str
    by: str
    key: str
    says: str = ""
    write: str = ""
    replace: str = ""
    place: str = ""


PAGE = Path(__file__).with_name("preflight_inputs.yml")
# A value that is too long stands in the page as a word.
TEXT = PAGE.read_text().replace("LONG", "x" * 257)
CASES = {name: Case(**case) for name, case in yaml.safe_load(TEXT).items()}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(judged.ROOT)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def spoil(target: Path, case: Case) -> None:
    page = target / case.file
    text = page.read_text()
    if case.replace:
        assert text.count(case.replace) >= 1, "the case replaces nothing"
        page.write_text(text.replace(case.replace, case.by, 1))
    else:
        page.write_text(f"{text}{case.by}\n")


@pytest.mark.parametrize("name", CASES)
def test_a_bad_inventory_yields_its_finding(name, tmp_path):
    case = CASES[name]
    target = judged.copy("qa", tmp_path)
    spoil(target, case)
    found = judged.findings([target])
    matching = [f for f in found if f.key == case.key]
    assert matching, report(found, "qa")
    finding = matching[0]
    assert case.says in finding.says, finding
    assert case.write in finding.write, finding
    assert finding.path.endswith(case.place or case.file), finding
    # What can be pointed at is pointed at, and a mistake is told once.
    assert finding.line or "missing" in finding.says or case.place, finding
    assert len(found) <= 3, report(found, "qa")


def test_containers_may_listen_on_the_same_port_where_hosts_have_them_apart(tmp_path):
    target = judged.copy("qa", tmp_path)
    page = target / "group_vars/all/application.yml"
    page.write_text(page.read_text().replace("port: 3001", "port: 3000\n    published: 3001"))
    assert judged.findings([target]) == []


COMMANDS = {
    "mistyped option": (
        {"relase": "qa-1"},
        "relase",
        "no variable",
        "release (the release to build",
    ),
    "mistyped variable": (
        {"instance_count": 2},
        "instance_count",
        "no variable",
        "instances_count",
    ),
    "unknown variable": ({"colour": "blue"}, "colour", "no variable", "my_"),
    "number as text": (
        {"database_storage": "40"},
        "database_storage",
        "is text",
        '{"database_storage": 40}',
    ),
    "switch as text": ({"protected": "false"}, "protected", "is text", '{"protected": false}'),
    "option's value": ({"lock_wait": "long"}, "lock_wait", "not a duration", "10m"),
    "a day that there is not": ({"time": "2026-02-30T10:00:00Z"}, "time", "calendar", "2026-11-21"),
    "a form that there is not": ({"format": "yaml"}, "format", "table, json", "table"),
    "a file in a folder that there is not": (
        {"done_file": "/nowhere/done.json"},
        "done_file",
        "there is no folder /nowhere",
        "Make it",
    ),
    "another environment": ({"env": "prod"}, "env", "inventories/qa", "Write qa"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_bad_command_yields_its_finding(name):
    extra, key, says, write = COMMANDS[name]
    found = judged.findings([judged.ROOT / "inventories/qa"], extra)
    finding = next(f for f in found if f.key == key)
    assert says in finding.says
    assert write in finding.write
    assert finding.path == "the command line (-e)"


def test_words_without_a_name_are_refused_where_nothing_takes_them():
    found = judged.findings([judged.ROOT / "inventories/qa"], {"_raw_params": "release"})
    assert [(f.key, f.says) for f in found] == [("-e release", "is no variable with a value")]
    assert "-e NAME=VALUE" in found[0].write
    reason = {"reason": "build-7", "_raw_params": "was switched off"}
    assert judged.findings([judged.ROOT / "inventories/qa"], reason) == []


@pytest.mark.parametrize("env", ["qa", "prod"])
def test_the_inventories_pass(env):
    assert judged.findings([judged.ROOT / "inventories" / env]) == []


def test_a_third_environment_passes(tmp_path):
    target = judged.copy("qa", tmp_path, "staging")
    for page, old, new in (
        (IDENTITY, "env: qa", "env: staging"),
        (IDENTITY, "qa.{{", "staging.{{"),
        (HOSTS, "Environment: qa", "Environment: staging"),
    ):
        path = target / page
        path.write_text(path.read_text().replace(old, new))
    assert judged.findings([target]) == []


def test_a_copy_that_was_not_renamed_is_told_everywhere(tmp_path):
    found = judged.findings([judged.copy("qa", tmp_path, "staging")])
    assert {f.key for f in found} == {"env"}


def test_own_variables_and_those_of_platforms_pass():
    own = {"my_colour": "blue", "awx_job_id": 7, "tower_user_name": "eve", "ansible_user": "eve"}
    assert judged.findings([judged.ROOT / "inventories/qa"], own) == []


def test_listed_variables_of_ones_own_pass(tmp_path):
    target = judged.copy("qa", tmp_path)
    page = target / SIZES
    page.write_text(f"{page.read_text()}favourite: blue\npreflight_own_variables: [favourite]\n")
    assert judged.findings([target]) == []


def test_what_verbs_take_passes():
    given = {
        "release": "qa-1",
        "destroy": "qa",
        "lock_wait": "10m",
        "count": "5",
        "protected": False,
    }
    assert judged.findings([judged.ROOT / "inventories/qa"], given) == []


@pytest.mark.parametrize(
    ("names", "says", "write"),
    [
        (["qaa"], "does not exist", "inventories/qa"),
        (["qa", "prod"], "2 were given at once", "Write one"),
        (["."], "is none", "inventories/prod or -i"),
    ],
)
def test_one_environment_is_named(names, says, write):
    found = judged.findings([judged.ROOT / "inventories" / name for name in names])
    assert [f.key for f in found] == ["the environment"]
    assert says in found[0].says
    assert write in found[0].write


def test_an_empty_limit_is_not_the_whole_environment(monkeypatch):
    environment = judged.load([judged.ROOT / "inventories/qa"])
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict({**context.CLIARGS, "subset": ""}))
    judged.judge(environment)
    assert [(f.key, f.says) for f in environment.findings] == [
        ("--limit", "is empty, which Ansible takes for everything")
    ]


@pytest.mark.parametrize(
    ("tags", "says"),
    [(["all"], []), (["untagged"], []), (["network", "dns"], ["names dns, network, and no task"])],
)
def test_tags_that_nothing_carries_are_told(monkeypatch, tags, says):
    environment = judged.load([judged.ROOT / "inventories/qa"])
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict({**context.CLIARGS, "tags": tags}))
    judged.judge(environment)
    assert [f.says[:31] for f in environment.findings if f.key == "--tags"] == says


def test_no_inventory_at_all():
    found = judged.findings([Path("/etc/ansible/hosts")])
    assert [(f.key, f.says) for f in found] == [("the environment", "is not named")]
    assert "-i inventories/qa" in found[0].write


def test_a_component_may_be_replaced_by_what_is_there_already(tmp_path):
    target = judged.copy("qa", tmp_path)
    page = target / "components.yml"
    page.write_text(
        page.read_text().replace("        access_logs: {component_role: log_bucket}\n", "")
    )
    page = target / SIZES
    page.write_text(
        f"{page.read_text()}flow_logs_bucket: shop-logs\nload_balancer_log_bucket: shop-logs\n"
    )
    assert judged.findings([target]) == []


def test_several_mistakes_are_told_at_once(tmp_path):
    target = judged.copy("qa", tmp_path)
    chosen = ["role variable mistyped", "host bits", "port taken", "tag of ours", "a zone twice"]
    for name in chosen:
        spoil(target, CASES[name])
    found = judged.findings([target])
    assert {f.key for f in found} == {CASES[name].key for name in chosen}
    text = report(found, "inventories/qa")
    assert text.startswith("5 things are wrong with inventories/qa. Nothing was changed.")


def test_a_link_that_leads_nowhere_is_told(tmp_path):
    target = judged.copy("qa", tmp_path)
    (target / "group_vars/all/more.yml").symlink_to(tmp_path / "gone.yml")
    [found] = judged.findings([target])
    assert found.key == "more.yml"
    assert f"leads nowhere: {tmp_path}/gone.yml" in found.says


def test_a_given_secret_is_never_shown(tmp_path):
    target = judged.copy("qa", tmp_path)
    page = target / SIZES
    value = "secret_store_values: {jvt: {key: topsecret}, jwt: {kye: topsecret}, oauth: topsecret}"
    page.write_text(f"{page.read_text()}{value}\n")
    text = report(judged.findings([target]), "qa")
    assert "secret_store_values.jvt" in text
    assert "topsecret" not in text


def test_an_exported_region_must_be_the_inventorys(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    found = judged.findings([judged.ROOT / "inventories/qa"])
    assert [(f.key, f.write) for f in found] == [
        ("AWS_REGION", "Write export AWS_REGION=us-east-1, or unset AWS_REGION.")
    ]


def test_verbs_that_read_look_only_at_who_and_where(tmp_path):
    target = judged.copy("qa", tmp_path)
    for name in ("type of instances", "region mistyped"):
        spoil(target, CASES[name])
    environment = judged.load([target], {"fromat": "json"})
    judged.judge(environment, everything=False)
    assert {f.key for f in environment.findings} == {"aws_region", "fromat"}


def test_an_inventory_that_a_platform_made_is_judged_without_its_files(tmp_path):
    page = tmp_path / "hosts.yml"
    components = (judged.ROOT / "inventories/qa/components.yml").read_text()
    given = {}
    for name in ("environment", "sizes", "application"):
        text = (judged.ROOT / f"inventories/qa/group_vars/all/{name}.yml").read_text()
        given |= yaml.safe_load(text)
    page.write_text(yaml.safe_dump({"all": {"vars": given}} | yaml.safe_load(components)))
    assert judged.findings([page]) == []
    given["instances_count"] = "three"
    page.write_text(yaml.safe_dump({"all": {"vars": given}} | yaml.safe_load(components)))
    assert [f.key for f in judged.findings([page])] == ["instances_count"]


def test_an_option_that_a_verb_cannot_do_without_is_asked_for():
    environment = judged.load([judged.ROOT / "inventories/qa"], {"service": "api"})
    check_required(environment, ["service", "command", "mode"])
    told = {finding.key: finding.write for finding in environment.findings}
    assert told == {"command": "Write -e command=...", "mode": "Write -e mode=on"}
