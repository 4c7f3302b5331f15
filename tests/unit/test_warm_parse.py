"""Which commands the warm connections take."""

import shlex

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.warm_command import (
    parse,
    parse_sudo,
)

PYTHON = "/usr/bin/python3"


def shell(inner: str) -> str:
    return f"/bin/sh -c {shlex.quote(inner)}"


@pytest.mark.parametrize(
    ("inner", "environment"),
    [
        (PYTHON, {}),
        (f"A=b {PYTHON}", {"A": "b"}),
        (f"A='b c' B='it'\"'\"'s $HOME' {PYTHON}", {"A": "b c", "B": "it's $HOME"}),
        (f"A='' {PYTHON}", {"A": ""}),
        (f"A=b {PYTHON} && sleep 0", {"A": "b"}),  # as Ansible before 2.21 puts it
    ],
)
def test_an_interpreter_with_its_environment_is_taken(inner, environment):
    assert parse(shell(inner)) == (PYTHON, environment)


@pytest.mark.parametrize(
    "inner",
    [
        "python3",  # found by the shell
        f"{PYTHON} script.py",
        f"A=$HOME {PYTHON}",  # expanded by the shell
        f"A=b; {PYTHON}",
        f"{PYTHON} && rm -f x",
        f"( umask 77 ; {PYTHON} )",
        "/usr/bin/env python3",
        f"A='b {PYTHON}",
        "",
    ],
)
def test_whatever_needs_a_shell_is_left_to_it(inner):
    assert parse(shell(inner)) is None


BECOME = ["sudo", "-H", "-S", "-n", "-u", "root", "/bin/sh"]


def through_sudo(script: str, words: str = "sudo -H -S -n  -u root /bin/sh -c") -> str:
    """As Ansible puts it, two blanks and all."""
    return shell(f"{words} {shlex.quote(script)}")


def test_a_module_that_goes_through_sudo_is_taken():
    command = through_sudo(f"echo BECOME-SUCCESS-abcdef ; A='b c' {PYTHON}")
    assert parse_sudo(command) == (PYTHON, {"A": "b c"}, BECOME)


def test_a_module_that_becomes_nobody_is_taken_without_sudo():
    assert parse_sudo(shell(f"A=b {PYTHON}")) == (PYTHON, {"A": "b"}, [])


@pytest.mark.parametrize(
    "command",
    [
        through_sudo(f"echo BECOME-SUCCESS-abcdef ; {PYTHON}", "sudo -H -S -p 'pw: ' /bin/sh -c"),
        through_sudo(f"echo BECOME-SUCCESS-abcdef ; {PYTHON}", "su root -n -c"),
        through_sudo(f"echo BECOME-SUCCESS-abcdef ; {PYTHON} && rm -f x"),
        through_sudo(PYTHON),
        shell("sudo -n"),
        shell("echo ~admin && sleep 0"),
        PYTHON,
        "'",
    ],
)
def test_what_asks_for_a_password_or_is_no_module_is_left_to_ssh(command):
    assert parse_sudo(command) is None
