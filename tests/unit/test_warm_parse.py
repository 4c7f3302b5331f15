"""Which commands the warm connection takes."""

import shlex

import pytest
from ansible_collections.groundwork.aws.plugins.connection.warm import parse

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
