# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""A plan as lines for people. Takes the dict of `Plan.to_dict`, so that a saved plan shows too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

# Paints a text in the colour of an action; plain where the output takes no colours.
Paint = Callable[[str, str], str]

SIGNS = {"create": "+", "update": "~", "delete": "-"}
TEXT = {"+": "create", "-": "delete"}
# Their properties say what a new one is, so they are always shown.
TELLING = ("containers",)
FUTURE = {"create": "to create", "update": "to update", "delete": "to delete"}
PAST = {"create": "created", "update": "updated", "delete": "deleted"}
ELLIPSIS = "…"


def plain(text: str, action: str) -> str:
    """No colours."""
    return text


def value(it: Any) -> str:
    """A property's value in one line: text as it is, structures as JSON."""
    if it is None or it == "":
        return "(none)"
    if isinstance(it, str):
        return " ".join(it.split())
    return json.dumps(it, default=str, ensure_ascii=False, sort_keys=True)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns (0: as long as it is)."""
    return text if not width or len(text) <= width else text[: max(width - 1, 0)] + ELLIPSIS


def elide(before: str, after: str, width: int) -> tuple[str, str]:
    """Both texts in at most `width` columns each, beginning shortly before they differ."""
    if not width or max(len(before), len(after)) <= width:
        return before, after
    same = next(
        (i for i, (b, a) in enumerate(zip(before, after, strict=False)) if b != a),
        min(len(before), len(after)),
    )
    start = max(0, min(same - width // 4, max(len(before), len(after)) - width))
    lead = ELLIPSIS if start else ""
    return cut(lead + before[start + len(lead) :], width), cut(
        lead + after[start + len(lead) :], width
    )


def parts(before: Any, after: Any) -> list[str]:
    """What a list loses and gains, or which keys of a dict change; nothing for other values."""
    if isinstance(before, list) and isinstance(after, list):
        gone = [f"- {value(it)}" for it in before if it not in after]
        return gone + [f"+ {value(it)}" for it in after if it not in before]
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return [f"{key}: {value(before.get(key))} -> {value(after.get(key))}" for key in keys]
    return []


def change(one: dict[str, Any], width: int) -> list[str]:
    """One changed property: on one line where it fits, else its parts, or old and new."""
    before, after = value(one.get("before")), value(one.get("after"))
    line = f"      {one['property']}: {before} -> {after}"
    if not width or len(line) <= width:
        return [line]
    lines = [f"        {part}" for part in parts(one.get("before"), one.get("after"))]
    if lines and max(map(len, lines)) <= width:
        return [f"      {one['property']}:", *lines]
    before, after = elide(before, after, width - 10)
    return [f"      {one['property']}:", f"        - {before}", f"        + {after}"]


def resource(
    one: dict[str, Any], width: int, paint: Paint, whole: bool, kind_width: int
) -> list[str]:
    """A resource's line, and one for each changed property (of a new one only where `whole`)."""
    action = one["action"]
    head = f"  {SIGNS[action]} {one['type']:<{kind_width}} {one['name']}"
    lines = [paint(cut(head, width), action)]
    if action == "update" or whole or one["type"] in TELLING:
        for changed in one["changes"]:
            lines += change(changed, width)
    return lines


def place(
    name: str,
    held: dict[str, Any],
    width: int,
    paint: Paint = plain,
    whole: bool = False,
    texts: dict[tuple[str, str, str], list[str]] | None = None,
    kind_width: int = 0,
) -> list[str]:
    """A component or host with what changes in it; nothing where nothing does.

    `texts` has the changed lines of files by place, type and name, shown instead of digests.
    """
    changed = [one for action in SIGNS for one in held[action]]
    if not changed:
        return []
    lines = [name]
    for one in changed:
        shown = (texts or {}).get((name, one["type"], one["name"]))
        if shown:
            others = [c for c in one["changes"] if c["property"] != "content"]
            lines += resource({**one, "changes": others}, width, paint, whole, kind_width)
            lines += [paint(cut(f"      {line}", width), TEXT.get(line[:1], "")) for line in shown]
        else:
            lines += resource(one, width, paint, whole, kind_width)
    if held["unchanged"]:
        lines.append(f"  = unchanged ({held['unchanged']})")
    return [*lines, ""]


def counts(totals: dict[str, int], check: bool, zeros: bool = False) -> str:
    """Counts in words: «3 to create, 1 unchanged»; with `zeros` also what there is none of."""
    words = FUTURE if check else PAST
    parts = [f"{totals[a]} {words[a]}" for a in words if totals[a] or zeros]
    if totals["unchanged"] or zeros or not parts:
        parts.append(f"{totals['unchanged']} unchanged")
    return ", ".join(parts)


def last_line(plan: dict[str, Any]) -> str:
    """The one line that says it all."""
    totals, check = plan["totals"], plan["check"]
    changes = sum(totals[action] for action in SIGNS)
    if plan["failed"]:
        if not changes and not check:
            return "Stopped. Nothing was changed."
        word = "The plan is incomplete" if check else "Stopped"
        return f"{word}: {counts(totals, check, zeros=True)}."
    if not changes:
        return f"Nothing to change. {totals['unchanged']} resources are as the inventory says."
    return f"{'Plan' if check else 'Done'}: {counts(totals, check, zeros=True)}."


def title(plan: dict[str, Any]) -> str:
    """What runs, for which environment: the first line of a run."""
    what = " ".join(x for x in (plan["operation"], plan["project"], plan["environment"]) if x)
    only = f", {plan['limit']} only" if plan["limit"] else ""
    return f"{what}{only}{': a plan, nothing is changed' if plan['check'] else ''}"


def summary(
    plan: dict[str, Any],
    width: int,
    paint: Paint = plain,
    whole: bool = False,
    texts: dict[tuple[str, str, str], list[str]] | None = None,
) -> list[str]:
    """All places with changes, what a month costs, then the totals."""
    places = [*plan["components"].items(), *plan["hosts"].items()]
    kinds = [one["type"] for _, held in places for action in SIGNS for one in held[action]]
    kind_width = max(map(len, kinds), default=0)
    lines: list[str] = []
    for name, held in places:
        lines += place(name, held, width, paint, whole, texts, kind_width)
    if plan.get("cost"):
        from ansible_collections.groundwork.aws.plugins.plugin_utils.cost import table

        lines.append(table.line(plan["cost"], plan["check"]))
    return [*lines, last_line(plan)]
