"""Lists as GitHub reads them (CommonMark), written so that Python-Markdown reads the same.

Python-Markdown wants an empty line before a list, and what belongs to an item four columns
in; the pages indent as far as the item's text.
"""

from __future__ import annotations

import re

ITEM = re.compile(r"( *)([-*+]|\d{1,9}[.)])( +)(?=\S)")
FENCE = re.compile(r" *(`{3,}|~{3,})")


def indented(markdown: str) -> str:
    """The same page with Python-Markdown's indentation."""
    lines: list[str] = []
    inner: list[int] = []  # where the text of each open item begins
    fence = ""
    blank = True
    for line in markdown.split("\n"):
        if not line.strip():
            lines.append("")
            blank = True
            continue
        indent = len(line) - len(line.lstrip())
        if fence:
            lines.append(_shifted(line, inner))
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            blank = False
            continue
        item = ITEM.match(line)
        listed = bool(inner)
        if item or blank:
            while inner and indent < inner[-1]:
                inner.pop()
        begins = item and indent - (inner[-1] if inner else 0) < 4
        if begins:
            if not listed and not blank:
                lines.append("")
            depth = len(inner)
            inner.append(item.end())
            lines.append("    " * depth + item[2] + " " + line[item.end() :])
        else:
            lines.append(_shifted(line, inner))
        opened = FENCE.match(line)
        if opened and not begins:
            fence = opened[1]
        blank = False
    return "\n".join(lines)


def _shifted(line: str, inner: list[int]) -> str:
    """A line of the innermost open item, four columns in for each of them."""
    if not inner:
        return line
    indent = len(line) - len(line.lstrip())
    return "    " * len(inner) + line[min(indent, inner[-1]) :]
