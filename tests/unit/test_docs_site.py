"""The site's navigation and lists; `make docs` builds it, and fails on a warning."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "mkdocs"))
from lists import indented  # noqa: E402
from navigation import navigation  # noqa: E402


def test_a_page_that_is_not_there_is_left_out_and_a_new_one_falls_in_place():
    order = ["index.md", {"Runbooks": ["runbooks/README.md", "runbooks/*"]}, {"Later": ["no.md"]}]
    pages = {"index.md", "runbooks/README.md", "runbooks/scale.md", "new.md"}
    assert navigation(order, pages) == [
        "index.md",
        {"Runbooks": ["runbooks/README.md", "runbooks/scale.md"]},
        {"More": ["new.md"]},
    ]


def test_no_page_of_today_falls_under_more():
    order = yaml.safe_load((ROOT / "docs/mkdocs/navigation.yml").read_text())
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    laid = navigation(order, pages)
    assert "More" not in {name for group in laid if isinstance(group, dict) for name in group}


def test_a_lists_inner_lines_are_four_columns_in():
    page = "1. one:\n   - inner\n     goes on\n\n   a paragraph\n2. two"
    assert indented(page) == "1. one:\n    - inner\n        goes on\n\n    a paragraph\n2. two"


def test_a_list_begins_after_an_empty_line():
    assert indented("text:\n- one\n- two") == "text:\n\n- one\n- two"


def test_code_stays_as_it_is():
    page = "text\n\n    - no list\n      - either\n\n```\n- nor\n  - this\n```\n\n- one\n\nend"
    assert indented(page) == page


def test_code_in_a_list_moves_with_it():
    page = "- one\n\n  ```\n  a\n    - b\n  ```\n- two"
    assert indented(page) == "- one\n\n    ```\n    a\n      - b\n    ```\n- two"
