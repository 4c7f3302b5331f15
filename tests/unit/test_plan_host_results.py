"""What a module of a host did, read from its arguments and its result."""

from __future__ import annotations

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.host_results import observe
from ansible_collections.groundwork.aws.plugins.plugin_utils.messages import changed_lines, spoken

NEW = "The following NEW packages will be installed:\n  docker.io runc\n0 upgraded, 2 newly\n"


def seen(module: str, args: dict, result: dict, label: str = "") -> list[tuple[str, str, str]]:
    found = observe(f"ansible.builtin.{module}", "Do it", args, result, label)
    return [(one["type"], one["name"], one["action"]) for one in found]


@pytest.mark.parametrize(
    ("module", "args", "result", "expected"),
    [
        ("template", {"dest": "/etc/x"}, {"changed": True}, ("file", "/etc/x", "update")),
        ("template", {"dest": "/etc/x"}, {"changed": False}, ("file", "/etc/x", "unchanged")),
        (
            "copy",
            {"dest": "/etc/x"},
            {"changed": True, "diff": [{"before": "", "after": "new\n"}]},
            ("file", "/etc/x", "create"),
        ),
        (
            "file",
            {"path": "/etc/d", "state": "directory"},
            {"changed": True, "diff": {"before": {"state": "absent"}, "after": {}}},
            ("folder", "/etc/d", "create"),
        ),
        (
            "file",
            {"path": "/etc/x", "state": "absent"},
            {"changed": True},
            ("file", "/etc/x", "delete"),
        ),
        (
            "systemd_service",
            {"name": "a.service"},
            {"changed": True},
            ("service", "a.service", "update"),
        ),
        ("command", {"argv": ["make"]}, {"changed": True}, ("step", "Do it", "update")),
        ("apt", {"name": "sl", "state": "absent"}, {"changed": True}, ("package", "sl", "delete")),
    ],
)
def test_type_name_and_action_follow_from_the_module(module, args, result, expected):
    assert seen(module, args, result) == [expected]


@pytest.mark.parametrize(
    "module", ["set_fact", "debug", "assert", "command", "stat", "slurp", "ec2_vpc_net_info", "uri"]
)
def test_what_only_looks_is_no_resource(module):
    assert seen(module, {"name": "x"}, {"changed": False}) == []


@pytest.mark.parametrize("module", ["include_tasks", "include_role", "meta"])
def test_what_includes_is_no_resource_even_when_changed(module):
    assert seen(module, {}, {"changed": True}) == []


def test_each_package_is_told_as_new_or_there():
    found = seen("apt", {"name": ["docker.io", "bash"]}, {"changed": True, "stdout": NEW})
    assert found == [("package", "docker.io", "create"), ("package", "bash", "unchanged")]


def test_a_package_that_is_a_file_is_told_as_new_or_there():
    for stdout, action in (
        (f"{NEW}Unpacking agent (2) ...\n", "create"),
        ("Unpacking agent (2) over (1) ...\n", "update"),
    ):
        found = seen("apt", {"deb": "/a.deb"}, {"changed": True, "stdout": stdout})
        assert found == [("package", "/a.deb", action)]


def test_a_container_that_runs_a_command_once_is_no_resource():
    args = {"name": "migrate", "state": "started", "detach": False}
    assert observe("community.docker.docker_container", "Apply", args, {"changed": True}) == []


def test_what_is_absent_as_it_should_be_is_no_resource():
    assert seen("file", {"path": "/x", "state": "absent"}, {"changed": False}) == []


def test_records_of_ours_are_no_resources():
    assert observe("groundwork.aws.state_objects", "Write", {}, {"changed": True}) == []


def test_a_hidden_result_shows_its_name_and_nothing_of_its_values():
    args = {"dest": "/etc/x", "content": "hunter2"}
    [one] = observe("ansible.builtin.copy", "Write", args, {"changed": True, "censored": "hidden"})
    assert (one["name"], one["changes"]) == ("/etc/x", [])
    assert "hunter2" not in str(one)


def test_content_is_told_by_digest_and_properties_by_value():
    [text] = observe(
        "ansible.builtin.template", "", {"dest": "/x"},
        {"changed": True, "diff": [{"before": "a\n", "after": "b\n"}]},
    )  # fmt: skip
    assert text["changes"][0]["after"].startswith("sha256:")
    [mode] = observe(
        "ansible.builtin.file", "", {"path": "/x"},
        {"changed": True, "diff": {"before": {"mode": "0600"}, "after": {"mode": "0644"}}},
    )  # fmt: skip
    assert mode["changes"] == [{"property": "mode", "before": "0600", "after": "0644"}]


def test_changed_lines_have_no_headers():
    lines = changed_lines([{"before": "a\nb\n", "after": "a\nc\n"}])
    assert [line for line in lines if line[0] in "+-"] == ["-b", "+c"]


def test_only_debug_and_an_assertion_with_words_of_its_own_speak():
    dump = str
    assert spoken("ansible.builtin.debug", {"msg": ["one", "two"]}, dump) == ["one", "two"]
    assert spoken("ansible.builtin.assert", {"msg": "All assertions passed"}, dump) == []
    assert spoken("ansible.builtin.copy", {"msg": "ok"}, dump) == []
    assert spoken("ansible.builtin.debug", {"censored": "hidden", "msg": "secret"}, dump) == []
