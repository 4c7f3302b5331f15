# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a command says that Ansible hands to a connection with a module to run.

Taken is only what is understood whole, and has nothing in it for a shell to do.
"""

from __future__ import annotations

import os
import re
import shlex

ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
SUCCESS = re.compile(r"echo BECOME-SUCCESS-[a-z]+ ; ")
SUDO = "sudo"

# An interpreter, the environment that the task gives it, and the words by which another user is become.
Command = tuple[str, dict[str, str], list[str]]


def shell_script(command: str) -> str | None:
    """The script of «SHELL -c 'script'»; None for anything else."""
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if len(words) != 3 or words[1] != "-c":
        return None
    # Ansible before 2.21 keeps a shell alive behind a module; it changes no result.
    return words[2].strip().removesuffix(" && sleep 0")


def interpreter_of(script: str) -> tuple[str, dict[str, str]] | None:
    """Interpreter and environment of «[NAME=value ...] /path/to/python»; None for anything else."""
    try:
        words = shlex.split(script)
    except ValueError:
        return None
    environment = {}
    while words and ASSIGNMENT.match(words[0]):
        name, _equals, value = words.pop(0).partition("=")
        environment[name] = value
    if len(words) != 1 or not os.path.isabs(words[0]):
        return None
    again = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    # Quoted again, it must be the same text.
    if " ".join([*again, shlex.quote(words[0])]) != script:
        return None
    return words[0], environment


def parse(command: str) -> tuple[str, dict[str, str]] | None:
    """Interpreter and environment of a pipelined module's command; None for anything else."""
    script = shell_script(command)
    return interpreter_of(command.strip() if script is None else script)


def parse_sudo(command: str) -> Command | None:
    """As `parse`, of a command that may go through sudo; None also where sudo asks for a password."""
    script = shell_script(command)
    if script is None:
        return None
    plain = interpreter_of(script)
    if plain:
        return *plain, []
    try:
        words = shlex.split(script)
    except ValueError:
        return None
    if len(words) < 4 or words[0] != SUDO or words[-2] != "-c" or "-n" not in words:
        return None
    success = SUCCESS.match(words[-1])
    inner = interpreter_of(words[-1][success.end() :]) if success else None
    return (*inner, words[:-2]) if inner else None
