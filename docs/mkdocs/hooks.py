"""MkDocs hooks: the navigation, and GitHub's Markdown as Python-Markdown reads it."""

from __future__ import annotations

import logging
import posixpath
import re
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent))
from lists import indented  # noqa: E402 - after the path is set
from navigation import navigation  # noqa: E402 - after the path is set

LOG = logging.getLogger("mkdocs.hooks.groundwork")
ROOT = Path(__file__).parents[2]
GALAXY = ROOT / "collections/ansible_collections/groundwork/aws/galaxy.yml"
LINK = re.compile(r"(?<!\!)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def on_config(config):
    """Lays the pages that there are into the order of navigation.yml."""
    docs = Path(config.docs_dir)
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    order = yaml.safe_load((docs / "mkdocs" / "navigation.yml").read_text())
    config.nav = navigation(order, {page for page in pages if not page.startswith("mkdocs/")})
    config.extra["repository"] = yaml.safe_load(GALAXY.read_text())["repository"]
    return config


def on_page_markdown(markdown, page, config, files):
    """Turns links to the repository's files into its addresses, and mends lists."""
    folder = posixpath.dirname(page.file.src_uri)

    def link(found: re.Match) -> str:
        text, target, anchor = found[1], found[2], found[3] or ""
        if re.match(r"[a-z]+:", target):
            return found[0]
        path = posixpath.normpath(posixpath.join("docs", folder, target))
        inside = path.startswith("docs/") and files.get_file_from_path(path.removeprefix("docs/"))
        if inside:
            return found[0]
        if not (ROOT / path).exists():
            LOG.warning("%s links to %s, which does not exist", page.file.src_uri, path)
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"[{text}]({config.extra['repository']}/{kind}/HEAD/{path}{anchor})"

    return indented(LINK.sub(link, markdown))
