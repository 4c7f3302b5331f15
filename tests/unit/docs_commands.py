"""The commands that the pages name: where they stand, and what is wrong with them."""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
OURS = ("ansible-playbook", "ansible-inventory", "ansible-doc", "make", "molecule")
# Programs that are not ours: what they do is proven by no test of ours, unless a marker names one.
FOREIGN = (
    "ansible-builder", "ansible-navigator", "aws", "curl", "dig", "docker", "git", "kamal", "npm",
    "pg_dump", "pip", "pip-compile", "psql", "ssh", "terraform",
)  # fmt: skip
MARKER = re.compile(r"<!--\s*(runs:\s*(?P<tests>.+?)|needs (?P<needs>.+?))\s*-->", re.DOTALL)
OUTPUT = ("text", "json", "yaml", "mermaid")  # blocks that show something, and are not typed
NEEDS = ("AWS", "the internet", "the old tool")
INLINE = re.compile(r"(ansible-playbook|make|scripts/\S+|\.venv/bin/\S+|molecule)\b")


@dataclass(frozen=True)
class Command:
    """One command of a page."""

    page: str
    line: int
    words: tuple[str, ...]
    inline: bool = False

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {shlex.join(self.words)}"

    @property
    def program(self) -> str:
        """The first word, without the folder of a virtual environment."""
        return self.words[0].removeprefix(".venv/bin/")

    @property
    def verb(self) -> str:
        """What a test would have to run: a playbook, a target of make, a script, a module."""
        rest = [word for word in self.words[1:] if not word.startswith("-") and "=" not in word]
        if self.program == "ansible-playbook":
            return next((word for word in self.words if word.endswith(".yml")), "ansible-playbook")
        if self.program == "make":
            return f"make {rest[0]}" if rest else "make"
        if self.program == "python" and "-m" in self.words:
            return " ".join(self.words[self.words.index("-m") - 1 :][:4]).removeprefix(".venv/bin/")
        if self.program == "python" and rest:
            return rest[0]
        return self.program


@dataclass
class Block:
    """A block of code with commands in it, and the marker above it."""

    page: str
    line: int
    commands: list[Command]
    marker: dict[str, str | None] = field(default_factory=dict)


def pages() -> list[Path]:
    """The pages whose commands are looked at; decisions tell what was, not what to type."""
    docs = sorted((ROOT / "docs").rglob("*.md"))
    return [ROOT / "README.md", *(page for page in docs if "decisions" not in page.parts)]


def read(text: str, page: str) -> tuple[list[Block], list[Command]]:
    """The blocks with commands of a page, and the commands within its text."""
    blocks, inline = [], []
    marker: dict[str, str | None] = {}
    whole: dict[str, str | None] = {}
    titled = False
    for token in MarkdownIt().enable("table").parse(text):
        line = (token.map or [0])[0] + 1
        if token.type == "heading_open":
            titled = True
        elif token.type == "html_block" and (found := MARKER.search(token.content)):
            marker = found.groupdict()
            if not titled:
                whole, marker = marker, {}
        elif token.type in ("fence", "code_block") and token.info.strip() not in OUTPUT:
            first = line + (token.type == "fence")
            found = list(_commands(token.content, page, first))
            if found:
                blocks.append(Block(page, line, found, marker or whole))
            marker = {}
        elif token.type == "inline":
            for child in token.children or []:
                content = child.content.strip()
                if child.type == "code_inline" and INLINE.match(content) and " " in content:
                    inline += list(_commands(content, page, line, inline=True))
    return blocks, inline


def _commands(text: str, page: str, first: int, inline: bool = False) -> Iterator[Command]:
    joined, begun = "", first
    for number, line in enumerate(text.split("\n"), first):
        begun = begun if joined else number
        joined += line.strip().removeprefix("$ ")
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        for words in _simple(re.sub(r"(^|\s)#\s.*$", "", joined)):
            if _is_command(words):
                yield Command(page, begun, tuple(words), inline)
        joined = ""


def _simple(line: str) -> Iterator[list[str]]:
    """The simple commands of a line: what stands between pipes and operators, and within $( )."""
    inner = re.findall(r"[<$]\(([^()]*)\)", line)
    outer = re.sub(r"[<$]\([^()]*\)", "IT", line)
    for part in [outer, *inner]:
        lexer = shlex.shlex(part, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split, lexer.commenters = True, ""
        words: list[str] = []
        try:
            for word in lexer:
                if word in ("|", "||", "&&", ";", "&"):
                    yield words
                    words = []
                elif word != "...":
                    words.append(word)
        except ValueError:  # no shell: an apostrophe in a line of output
            return
        yield words


def _is_command(words: list[str]) -> bool:
    while words and (re.fullmatch(r"[A-Z_]+=.*", words[0]) or words[0] == "sudo"):
        words.pop(0)
    if not words:
        return False
    program = words[0].removeprefix(".venv/bin/")
    known = program in OURS or program in FOREIGN or program != words[0]
    return (known or program.startswith("scripts/")) and len(words) > 1 - (program != words[0])


@functools.cache
def extra_of(command: Command) -> dict:
    """What a command gives with -e."""
    from ansible.parsing.splitter import parse_kv

    found: dict = {}
    words = list(command.words)
    for option, given in zip(words, words[1:], strict=False):
        if option in ("-e", "--extra-vars"):
            found |= json.loads(given) if given.startswith("{") else parse_kv(given)
    return {name: value for name, value in found.items() if name != "_raw_params"}


def value_of(command: Command, *options: str) -> str:
    """The value of an option, such as --limit."""
    words = command.words
    return next((words[i + 1] for i, word in enumerate(words[:-1]) if word in options), "")
