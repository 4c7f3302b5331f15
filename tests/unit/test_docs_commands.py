"""Every command of the pages is sound, and a test executes it or the page says what it needs.

How a page tells who executes a block: docs/development.md.
"""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from docs_commands import FOREIGN, NEEDS, ROOT, Block, Command, extra_of, pages, read
from docs_proof import wrong

HERE = Path(__file__).parent
EXECUTED: dict[str, str] = yaml.safe_load((HERE / "docs_commands.yml").read_text())
# Of the variables of an inventory, which may be given with -e too, other tests know.
OPTIONS = yaml.safe_load((ROOT / "roles/preflight/rules/options.yml").read_text()).keys()
PAGES = {str(page.relative_to(ROOT)): page for page in pages()}
HELP = """
Write into tests/unit/docs_commands.yml which test executes a verb, as `VERB: tests/...py`; or
above a block <!-- runs: tests/...py::test_name -->, or <!-- needs AWS --> where no test can."""


@functools.cache
def found(page: str) -> tuple[list[Block], list[Command]]:
    return read(PAGES[page].read_text(), page)


@functools.cache
def text_of_tests() -> str:
    """Everything that the tests say, this one and its list left out."""
    texts = []
    for folder in ("tests", "molecule", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yml") and not path.stem.endswith("docs_commands"):
                texts.append(path.read_text())
    return "\n".join(texts)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_are_sound(page):
    blocks, inline = found(page)
    commands = [command for block in blocks for command in block.commands] + inline
    problems = [f"{command}\n    {said}" for command in commands for said in wrong(command)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_is_executed_or_says_what_it_needs(page):
    blocks, inline = found(page)
    problems = []
    for block in blocks:
        if needs := block.marker.get("needs"):
            if needs not in NEEDS:
                problems.append(f"{page}:{block.line}: needs {needs}? It may be: {NEEDS}")
        elif named := block.marker.get("tests"):
            problems += [
                f"{page}:{block.line}: {one} is no test"
                for one in named.split()
                if not is_test(one)
            ]
        else:
            problems += [one for command in block.commands for one in untold(command)]
    problems += [one for command in inline for one in untold(command)]
    assert not problems, "\n".join([*problems, HELP])


def is_test(named: str) -> bool:
    """Whether tests/FILE.py::NAME is there."""
    path, _, name = named.partition("::")
    file = ROOT / path
    return file.is_file() and (not name or f"def {name}(" in file.read_text())


def untold(command: Command) -> list[str]:
    """Why nobody is known to execute a command: its verb, or an option that no test gives."""
    if command.verb not in EXECUTED:
        return [f"{command}\n    No test is known that executes `{command.verb}`."]
    given = [
        name
        for name in extra_of(command).keys() & OPTIONS
        if not re.search(rf"\b{re.escape(name)}\b['\"]?\s*[=:]", text_of_tests())
    ]
    return [
        f"{command}\n    No test gives the option {name}: let one give it, or mark the block."
        for name in given
    ]


@pytest.mark.parametrize("verb", EXECUTED)
def test_who_is_said_to_execute_a_verb_names_it(verb):
    if EXECUTED[verb].startswith("by hand"):
        assert verb.startswith("make "), "a verb of an environment is executed by a test"
        return
    path, _, words = EXECUTED[verb].partition(": ")
    text = (ROOT / path).read_text()
    beside = Path(ROOT / path).parent / "conftest.py"
    if not words and path.endswith(".py") and beside.is_file():
        text += beside.read_text()
    named = words or verb.split("/")[-1].removesuffix(".yml")
    assert named in text, f"{path} does not say {named!r}"


def test_no_verb_is_listed_for_nothing():
    commands = [command for page in PAGES for command in found(page)[1]]
    commands += [
        command for page in PAGES for block in found(page)[0] for command in block.commands
    ]
    assert EXECUTED.keys() <= {command.verb for command in commands}


def test_make_tells_its_verbs():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "make docs" in done.stdout


PAGE = """# Page

    ansible-playbook playbooks/deploy.yml -i inventories/qa -e relase=1    # a comment
    make no-such-thing && scripts/test nothing | tail

<!-- needs AWS -->
```sh
aws sts get-caller-identity
source <(make lab-env)
```

Text with `ansible-playbook playbooks/gone.yml -i inventories/qa` in it, and `aws` alone.
"""


def test_commands_are_found_in_blocks_and_in_text():
    blocks, inline = read(PAGE, "page.md")
    assert [[one.verb for one in block.commands] for block in blocks] == [
        ["playbooks/deploy.yml", "make no-such-thing", "scripts/test"],
        ["aws", "make lab-env"],
    ]
    assert [block.marker.get("needs") for block in blocks] == [None, "AWS"]
    assert [one.verb for one in inline] == ["playbooks/gone.yml"]
    assert blocks[0].commands[0].line == 3


def test_what_is_wrong_with_a_command_is_told():
    blocks, inline = read(PAGE, "page.md")
    said = [list(wrong(command)) for command in [*blocks[0].commands, *inline]]
    assert "relase" in said[0][0] and "release" in said[0][0]
    assert said[1] == ["the Makefile has no target no-such-thing with a line of help"]
    assert said[2] == ["scripts/test has no stage nothing"]
    assert said[3][0] == "there is no playbook playbooks/gone.yml"


def test_a_program_that_is_not_ours_wants_a_marker():
    command = read("    terraform plan\n", "page.md")[0][0].commands[0]
    assert command.program in FOREIGN
    assert "`terraform`" in untold(command)[0]
    assert "needs AWS" in HELP
