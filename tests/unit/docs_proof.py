"""What is wrong with a command of a page: files, arguments, options, targets that do not exist."""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import os
import re
import subprocess
from collections.abc import Iterator

import judged
import yaml
from ansible.cli.playbook import PlaybookCLI
from docs_commands import ROOT, Command, extra_of, value_of

RULES = ROOT / "roles" / "preflight" / "rules"
PLACEHOLDERS = {"inventories/ENV": "inventories/qa"}


def wrong(command: Command) -> Iterator[str]:
    """What is wrong with a command, in words."""
    program = command.program
    if program == "ansible-playbook":
        yield from _playbook(command)
    elif program == "ansible-inventory":
        yield from _inventory(command)
    elif program == "make":
        yield from _make(command)
    elif program == "python":
        yield from _python(command)
    elif program == "ansible-doc":
        plugins = ROOT / "collections/ansible_collections/groundwork/aws/plugins"
        for word in command.words[1:]:
            if word.startswith("groundwork.") and not list(plugins.rglob(f"{word[15:]}.py")):
                yield f"there is no plugin {word}"
    elif program.startswith("scripts/"):
        yield from _script(program, command.words[1:])


@functools.cache
def _parser() -> argparse.ArgumentParser:
    cli = PlaybookCLI(["ansible-playbook"])
    cli.init_parser()
    return cli.parser


def _playbook(command: Command) -> Iterator[str]:
    arguments = [PLACEHOLDERS.get(word, word) for word in command.words[1:]]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            given = _parser().parse_args(arguments)
    except SystemExit:
        yield f"ansible-playbook refuses its arguments: {said.getvalue().strip().splitlines()[-1]}"
        return
    for playbook in given.args:
        if not (ROOT / playbook).is_file():
            yield f"there is no playbook {playbook}"
    yield from _inventory(command)
    operation = (given.args[0] if given.args else "").split("/")[-1].removesuffix(".yml")
    rule = _operations().get(operation)
    if rule is None:
        yield f"{operation} is no verb of roles/preflight/rules/operations.yml"
        return
    extra = extra_of(command)
    missing = [name for name in rule.get("options", []) if name not in extra]
    if missing and "..." not in command.words and not command.inline:
        yield f"{operation} wants -e {missing[0]}=..."
    env = value_of(command, "-i").removeprefix("inventories/") or "qa"
    if (ROOT / "inventories" / env).is_dir():
        yield from _options(
            env, tuple(sorted((name, repr(extra[name])) for name in extra)), command
        )


@functools.cache
def _operations() -> dict:
    return yaml.safe_load((RULES / "operations.yml").read_text())


_judged: dict[tuple, list[str]] = {}


def _options(env: str, key: tuple, command: Command) -> list[str]:
    """What preflight finds wrong with the values after -e."""
    if not key:
        return []
    if (env, key) not in _judged:
        here = os.getcwd()
        os.chdir(ROOT)
        try:
            found = judged.findings([ROOT / "inventories" / env], extra_of(command))
        finally:
            os.chdir(here)
        mine = [one for one in found if "command line" in one.path]
        _judged[env, key] = [f"-e {one.key} {one.says}. {one.write}" for one in mine]
    return _judged[env, key]


def _inventory(command: Command) -> Iterator[str]:
    inventory = PLACEHOLDERS.get(value_of(command, "-i"), value_of(command, "-i"))
    if not inventory:
        if not command.inline:
            yield "no inventory is named: -i inventories/qa"
        return
    if not (ROOT / inventory).is_dir():
        yield f"there is no inventory {inventory}"
        return
    tiers = yaml.safe_load((ROOT / inventory / "components.yml").read_text())["components"][
        "children"
    ]
    known = {
        *tiers,
        *(name for tier in tiers.values() for name in tier["hosts"]),
        "app",
        "components",
    }
    for name in re.split(r"[,:]", value_of(command, "--limit", "-l")):
        plain = name.lstrip("!&")
        if plain and plain not in known and "-app-" not in plain:
            yield f"--limit {name} is no component, tier or host of {inventory}"


@functools.cache
def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


@functools.cache
def _make_refuses(target: str) -> str:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def _make(command: Command) -> Iterator[str]:
    makefile = (ROOT / "Makefile").read_text()
    for word in command.words[1:]:
        if "=" in word:
            name = word.partition("=")[0]
            if name != "PYTHON" and f"$({name})" not in makefile and f"${{{name}" not in _scripts():
                yield f"the Makefile knows no {name}"
        elif word not in _targets():
            yield f"the Makefile has no target {word} with a line of help"
        elif refusal := _make_refuses(word):
            yield f"make -n {word} fails: {refusal}"


@functools.cache
def _scripts() -> str:
    return "".join(path.read_text() for path in (ROOT / "scripts").iterdir() if path.is_file())


def _python(command: Command) -> Iterator[str]:
    words = command.words[1:]
    if "-m" in words:
        module = words[words.index("-m") + 1]
        place = ROOT / module.replace(".", "/")
        local = (ROOT / module.split(".")[0]).is_dir()
        if local and not (place.is_dir() or place.with_suffix(".py").is_file()):
            yield f"there is no module {module}"
    elif words:
        yield from _script(words[0], words[1:])


def _script(path: str, arguments: tuple[str, ...]) -> Iterator[str]:
    file = ROOT / path
    if not file.is_file():
        yield f"there is no {path}"
    elif not os.access(file, os.X_OK) and path.startswith("scripts/"):
        yield f"{path} cannot be executed"
    elif path == "scripts/test":
        stages = set(re.findall(r"^stage_(\w+)\(\)", file.read_text(), re.MULTILINE))
        for stage in set(arguments) - stages:
            yield f"scripts/test has no stage {stage}"
