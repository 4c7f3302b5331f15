"""Links of the repository's pages lead somewhere; `make docs` proves those within docs/ again."""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd=ROOT, capture_output=True, text=True, check=True,
).stdout.split()  # fmt: skip
PAGES = [page for page in LISTED if (ROOT / page).is_file()]


@functools.cache
def tokens(page: Path):
    return MarkdownIt().enable("table").parse(page.read_text())


@functools.cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = [
        after.content
        for token, after in zip(tokens(page), tokens(page)[1:], strict=False)
        if token.type == "heading_open"
    ]
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", text).lower()).replace(" ", "-")
        for text in headings
    }


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    here = ROOT / page
    found = [
        child.attrs.get("href") or child.attrs.get("src")
        for token in tokens(here)
        for child in token.children or []
        if child.type in ("link_open", "image")
    ]
    dead = []
    for link in found:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (here.parent / path).resolve() if path else here
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert not dead, f"{page}: {', '.join(dead)}"
