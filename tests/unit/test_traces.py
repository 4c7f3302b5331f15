"""When a trace holds: the same answers to the same questions, the same inputs, the same needs."""

from __future__ import annotations

import boto3
import botocore.client
import pytest
from ansible_collections.groundwork.aws.plugins.module_utils import api_calls
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces import asking, store
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.inputs import (
    Inputs,
    variables,
)
from ansible_collections.groundwork.aws.plugins.plugin_utils.traces.trace import (
    NoTrace,
    Trace,
    digest,
    learned,
    standing,
)
from botocore.exceptions import ClientError


def call(operation="DescribeVpcs", answer="a", page=0, **params):
    return {
        "service": "ec2",
        "region": "r",
        "endpoint": "e",
        "operation": operation,
        "params": params,
        "page": page,
        "answer": answer,
    }


def trace(**given):
    return Trace(**{"inputs": "i", "check": False, "when": "w", **given})


HEARD = {"module": "amazon.aws.ec2_vpc_net"}
ACTIONS = {"amazon.aws.ec2_vpc_net", "ansible.builtin.set_fact"}


# Answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "one", "other", "same"),
    [
        ("ec2", {"A": [1, 2]}, {"A": [2, 1]}, True),
        ("ec2", {"A": 1}, {"A": 2}, False),
        ("ec2", {"A": 1}, {"A": 1, "B": None}, False),
        ("ec2", {"A": 1, "ResponseMetadata": {"x": 1}}, {"A": 1, "ResponseMetadata": {}}, True),
        ("ec2", {"NextToken": "x"}, {"NextToken": "y"}, True),
        ("ec2", {"NextToken": "x"}, {}, False),
        (
            "ec2",
            {"S": [{"AvailableIpAddressCount": 1}]},
            {"S": [{"AvailableIpAddressCount": 2}]},
            True,
        ),
        ("budgets", {"CalculatedSpend": {"A": 1}}, {"CalculatedSpend": {"A": 2}}, True),
        ("rds", {"AvailableIpAddressCount": 1}, {"AvailableIpAddressCount": 2}, False),
        ("secretsmanager", {"SecretString": "x", "V": 1}, {"SecretString": "y", "V": 1}, True),
        ("secretsmanager", {"SecretString": "x", "V": 1}, {"SecretString": "x", "V": 2}, False),
        ("s3", {"ETag": "x", "Body": object()}, {"ETag": "x", "Body": object()}, True),
    ],
)
def test_answers_are_the_same_but_for_what_says_nothing(service, one, other, same):
    assert (api_calls.digest(service, one) == api_calls.digest(service, other)) is same


def test_a_further_page_is_asked_for_by_the_token_of_the_one_before():
    pages = api_calls.Pages()
    assert pages.question({"Marker": "m"}) == ({"Marker": "m"}, 0)
    pages.answered({"Marker": "m"}, 0)
    assert pages.question({"Marker": "m", "Scope": "AWS"}) == ({"Scope": "AWS"}, 1)
    pages.answered({"Marker": "n"}, 1)
    assert pages.question({"Marker": "n"}) == ({}, 2)


def test_calls_of_a_process_are_told(monkeypatch):
    told: list[dict] = []
    answers = iter(
        [{"Vpcs": [], "NextToken": "t"}, {"Vpcs": []}, ClientError({"Error": {"Code": "No"}}, "x")]
    )

    def call(self, name, params):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    api_calls.listen(told.append)
    ec2 = boto3.client("ec2", "eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    list(ec2.get_paginator("describe_vpcs").paginate(VpcIds=["v"]))
    with pytest.raises(ClientError):
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    first, second, third = told
    assert (first["service"], first["region"], first["operation"]) == (
        "ec2",
        "eu-central-1",
        "DescribeVpcs",
    )
    assert first["params"] == second["params"] == {"VpcIds": ["v"]}
    assert (first["page"], second["page"]) == (0, 1) and first["answer"] != second["answer"]
    # What writes may hold a secret, and is not asked again.
    assert (third["params"], third["answer"]) == (None, "error No")


def test_questions_are_asked_once_and_with_all_their_pages():
    traces = [trace(calls=[call(), call(page=1, answer="b")]), trace(calls=[call(), call(Id="x")])]
    asked = asking.questions(traces)
    assert [(one["params"], one["pages"]) for one in asked] == [({}, 2), ({"Id": "x"}, 1)]
    answers = asking.answered(asked, [["a", "b"], ["a"]])
    assert [one.disproved(answers) for one in traces] == ["", ""]
    assert "answers otherwise" in traces[0].disproved(asking.answered(asked, [["a"], ["a"]]))
    assert "answers otherwise" in traces[1].disproved({})


# What a trace is made of ------------------------------------------------------------------------


def test_calls_and_files_are_learned(tmp_path):
    path = tmp_path / "key.pub"
    path.write_text("x")
    found = learned([call(), HEARD, call(), {"opened": str(path)}], ACTIONS)
    assert found["calls"] == [call()] and list(found["files"]) == [str(path)]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([HEARD, {"unknown": "a task ran ls"}], "a task ran ls"),
        ([HEARD, call(answer="a"), call(answer="b")], "had two answers"),
        ([HEARD, call(answer=None)], "cannot be asked again"),
        ([HEARD, {**call("CreateVpc"), "params": None}], "cannot be asked again"),
        ([call()], "nobody heard what amazon.aws.ec2_vpc_net did"),
    ],
)
def test_what_cannot_be_asked_again_leaves_no_trace(lines, why):
    with pytest.raises(NoTrace, match=why):
        learned(lines, ACTIONS)


@pytest.mark.parametrize(
    ("given", "inputs", "check", "holds"),
    [
        ({}, "i", False, True),
        ({}, "i", True, True),
        ({}, "j", False, False),
        ({}, None, False, False),
        ({"check": True}, "i", True, True),
        ({"check": True}, "i", False, False),
        ({"files": {"/nowhere/x": "d"}}, "i", False, False),
    ],
)
def test_a_trace_holds_for_the_same_inputs_and_a_runs_for_a_plan(given, inputs, check, holds):
    assert (trace(**given).differs(inputs, check) == "") is holds


def test_who_needs_what_is_not_in_step_is_not():
    traces = {
        "network": trace(outputs={"id": 1}),
        "database": trace(needs={"network": digest({"id": 1})}),
        "app": trace(needs={"database": digest({})}),
        "logs": trace(),
    }
    graph = {"database": ["network"], "app": ["database"]}
    assert standing(traces, traces, graph, {}) == set(traces)
    assert standing(traces, set(traces) - {"network"}, graph, {}) == {"logs"}
    # Left out by --limit: what it published counts.
    alone = {"database": traces["database"]}
    assert standing(alone, alone, graph, {"network": digest({"id": 1})}) == {"database"}
    assert standing(alone, alone, graph, {"network": digest({"id": 2})}) == set()


# Inputs -----------------------------------------------------------------------------------------


def inputs(tmp_path):
    return Inputs.read([str(tmp_path)], [], ["1"])


def test_code_variables_and_environment_are_inputs(tmp_path, monkeypatch):
    monkeypatch.delenv("SHOP_SIZE", raising=False)
    (tmp_path / "main.yml").write_text("size: \"{{ lookup('env', 'SHOP_SIZE') }}\"")
    first = inputs(tmp_path).digest({"h": {"a": 1}})
    assert inputs(tmp_path).digest({"h": {"a": 1}}) == first
    assert inputs(tmp_path).digest({"h": {"a": 2}}) != first
    monkeypatch.setenv("UNREAD", "1")
    assert inputs(tmp_path).digest({"h": {"a": 1}}) == first
    monkeypatch.setenv("SHOP_SIZE", "big")
    assert inputs(tmp_path).digest({"h": {"a": 1}}) != first
    monkeypatch.delenv("SHOP_SIZE")
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert inputs(tmp_path).digest({"h": {"a": 1}}) != first
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "another one each hour")
    assert inputs(tmp_path).digest({"h": {"a": 1}}) == first
    (tmp_path / "more.yml").write_text("")
    assert inputs(tmp_path).digest({"h": {"a": 1}}) != first


@pytest.mark.parametrize("name", ["'READ'", '"READ"'])
def test_an_environment_variable_that_a_variable_reads_is_an_input(tmp_path, monkeypatch, name):
    given = {"h": {"a": f"{{{{ lookup('ansible.builtin.env', {name}) }}}}"}}
    monkeypatch.setenv("READ", "1")
    first = inputs(tmp_path).digest(given)
    monkeypatch.setenv("READ", "2")
    assert inputs(tmp_path).digest(given) != first


def test_a_variable_read_by_a_name_that_nobody_knows_makes_all_of_them_inputs(
    tmp_path, monkeypatch
):
    given = {"h": {"a": "{{ lookup('env', name) }}"}}
    first = inputs(tmp_path).digest(given)
    monkeypatch.setenv("WHATEVER", "2")
    assert inputs(tmp_path).digest(given) != first


def test_a_vaulted_variable_is_told_by_its_cipher_and_not_opened(tmp_path):
    class Vaulted:
        _ciphertext = "$ANSIBLE_VAULT;1.1;AES256 61"

        def __str__(self) -> str:
            raise ValueError("no password")

    first = inputs(tmp_path).digest({"h": {"a": Vaulted()}})
    Vaulted._ciphertext = "$ANSIBLE_VAULT;1.1;AES256 62"
    assert inputs(tmp_path).digest({"h": {"a": Vaulted()}}) != first


@pytest.mark.parametrize("text", ["{{ now() }}", "{{ [1, 2] | random }}", "{{ x | shuffle }}"])
def test_chance_leaves_no_digest(tmp_path, text):
    assert inputs(tmp_path).digest({"h": {"a": text}}) is None


def test_what_a_run_makes_itself_is_no_input():
    raw = {"size": 1, "release": "a", "_lock": 1, "ansible_forks": 5, "groups": {}, "omit": "x"}
    assert variables(raw, ["release"]) == {"size": 1}


# The file ---------------------------------------------------------------------------------------


def test_traces_are_kept_and_a_broken_file_is_none(tmp_path):
    path = tmp_path / "a" / "traces.json"
    assert store.read(path) == {}
    store.write(path, {"network": [trace(calls=[call()])]})
    assert store.read(path)["network"][0].calls == [call()]
    for text in (
        "",
        "[]",
        "{",
        '{"format": 0, "components": {}}',
        '{"format": 1, "components": {"a": 1}}',
    ):
        path.write_text(text)
        assert store.read(path) == {}


def test_a_component_has_a_trace_for_each_of_its_last_inputs():
    traces: store.Traces = {}
    for number in range(6):
        traces = store.with_new(traces, {"logs": trace(inputs=str(number))})
    traces = store.with_new(traces, {"logs": trace(inputs="3", check=True)})
    assert [one.inputs for one in traces["logs"]] == ["3", "5", "4", "2"]
    assert store.fitting(traces, ["logs", "other"], "4")["logs"].inputs == "4"
    assert store.fitting(traces, ["logs"], "x")["logs"].inputs == "3"
