"""How one look at a host tells which of its files and units differ."""

import subprocess

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.host_state import (
    State,
    digest,
    names,
    questions,
)

FOLDER = {"path": "/etc/a", "state": "directory"}
ONE = {"path": "/etc/a/one", "content": "one\n"}
GONE = {"path": "/etc/a/two", "state": "absent"}
ANY = {"path": "/etc/a/three", "mode": "600"}
OTHERS = {"path": "/etc/a/four", "content": "four\n", "others": True}
SERVER = {"name": "one.service", "active": True, "enabled": True, "reads": ["/etc/a/one"]}
KNOWN = {"name": "two.service"}
WANTED = [FOLDER, ONE, GONE, ANY, OTHERS, SERVER, KNOWN]
FILES = {
    "/etc/a": "root:root:755\tdirectory\t100",
    "/etc/a/one": "root:root:644\tregular file\t100",
    "/etc/a/three": "root:root:600\tregular empty file\t100",
    "/etc/a/four": "agent:agent:640\tregular file\t100",
}
SUMS = {"/etc/a/one": "one\n", "/etc/a/four": "four\n"}
UNIT = {"Id": "one.service", "ActiveState": "active", "UnitFileState": "enabled",
        "NeedDaemonReload": "no", "StateChangeTimestamp": "@200"}  # fmt: skip
OTHER = {"Id": "two.service", "ActiveState": "inactive", "UnitFileState": "",
         "NeedDaemonReload": "no", "StateChangeTimestamp": ""}  # fmt: skip


def answers(files=FILES, sums=SUMS, unit=UNIT, other=OTHER) -> dict[str, dict[str, str]]:
    units = ("\n".join(f"{name}={value}" for name, value in one.items()) for one in (unit, other))
    told = {
        "files": "\n".join(f"{path}\t{rest}" for path, rest in files.items()),
        "sums": "\n".join(f"{digest(text)}  {path}" for path, text in sums.items()),
        "units": "\n\n".join(units),
    }
    return {name: {"stdout": f"{text}\n"} for name, text in told.items()}


def unlike(told: dict[str, dict[str, str]]) -> list[str]:
    state = State.told(told)
    return names(one for one in WANTED if not state.like(one))


def test_a_host_that_is_as_it_is_to_be():
    assert unlike(answers()) == []


def test_a_host_that_has_nothing():
    assert unlike({}) == [one for one in names(WANTED) if one != "/etc/a/two"]


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/etc/a", "root:root:777\tdirectory\t100"),
        ("/etc/a", "root:root:755\tregular file\t100"),
        ("/etc/a/one", "me:root:644\tregular file\t100"),
        ("/etc/a/one", "root:root:644\tsymbolic link\t100"),
        ("/etc/a/two", "root:root:644\tregular file\t100"),
        ("/etc/a/three", "root:root:644\tregular file\t100"),
    ],
    ids=["open folder", "no folder", "owner", "a link", "left over", "open to read"],
)
def test_files_that_differ(path, rest):
    assert unlike(answers(files=FILES | {path: rest})) == [path]


def test_contents_that_differ():
    assert unlike(answers(sums=SUMS | {"/etc/a/one": "two\n"})) == ["/etc/a/one"]
    assert unlike(answers(sums=SUMS | {"/etc/a/four": "two\n"})) == ["/etc/a/four"]


@pytest.mark.parametrize(
    ("property_", "value"),
    [("ActiveState", "failed"), ("UnitFileState", "disabled"), ("StateChangeTimestamp", "@99")],
    ids=["does not run", "not at a boot", "its file was written since"],
)
def test_units_that_differ(property_, value):
    assert unlike(answers(unit=UNIT | {property_: value})) == ["one.service"]


def test_a_unit_that_systemd_has_to_read_anew():
    assert unlike(answers(other=OTHER | {"NeedDaemonReload": "yes"})) == ["two.service"]


def test_only_what_reads_something_newer_is_stale():
    assert not State.told(answers()).stale(SERVER)
    assert State.told(answers(unit=UNIT | {"StateChangeTimestamp": "@99"})).stale(SERVER)
    assert not State.told(answers(unit=UNIT | {"ActiveState": "failed"})).stale(SERVER)
    assert not State.told({}).stale(SERVER)


def test_nothing_is_asked_of_what_nobody_wants():
    assert questions([], []) == {}
    assert list(questions([FOLDER], [])) == ["files"]


def test_the_questions_give_the_answers_that_are_read(tmp_path):
    """With the programs themselves, where names have blanks."""
    folder, file = tmp_path / "a folder", tmp_path / "a folder/a file"
    folder.mkdir()
    file.write_text("one\n")
    wanted = [
        {"path": str(folder), "state": "directory", "others": True},
        {"path": str(file), "content": "one\n", "others": True},
        {"path": str(tmp_path / "none"), "state": "absent"},
    ]

    def ask() -> list[str]:
        asked = questions(wanted, []).items()
        told = {
            name: {"stdout": subprocess.run(words, capture_output=True, text=True).stdout}
            for name, words in asked
        }
        return names(one for one in wanted if not State.told(told).like(one))

    assert ask() == []
    file.write_text("two\n")
    assert ask() == [str(file)]
