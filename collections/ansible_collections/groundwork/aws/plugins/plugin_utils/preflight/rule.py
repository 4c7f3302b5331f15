# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""What a value must be: its type, range, choices, pattern and shape.

A rule is a dict with any of these keys, as in argument_specs.yml and meta/limits.yml:
type (also plain: text or a number), choices, min, max (of a number, or the length of a text or list), pattern with `called` (what
matches it) and `example`, format (see formats.py), required, empty (an empty value is a value),
none (so is none at all),
text (a whole number may be text, as -e NAME=2 gives it: the role makes a number of it), quoted (digits that must not be a number),
elements (rule of a list's items), unique, keys (rules of a dict's known keys), names and values
(rules of a dict's keys and values where they are free), hint, secret (its value is never shown),
like (the name of a rule that says the rest: `expanded` puts it in).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.finding import nearest
from ansible_collections.groundwork.aws.plugins.plugin_utils.preflight.formats import FORMATS

Rule = dict[str, Any]

NAMES = {
    "bool": "true or false",
    "dict": "a mapping",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "path": "a path",
    "plain": "text or a number",
    "str": "text",
}
KINDS = {bool: "bool", int: "int", float: "float", str: "str", list: "list", dict: "dict"}
PLACEHOLDER = re.compile(
    r"<[^<>]+>|\[[^]]+\]|(x{3,}|todo|tbd|fixme|placeholder)|(change|replace)[-_ ]?(me|this)\b.*"
    r"|your[-_ ].+|(my|some)[-_ ](project|domain|account)\b.*|insert[-_ ].+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Problem:
    """Where in a value something is wrong (keys and indexes), what, and what to write."""

    path: tuple[str | int, ...]
    says: str
    write: str


def kind_of(value: Any) -> str:
    """The type of a value in the words of argument_specs: str, int, bool, list ..."""
    if value is None:
        return "none"
    return next((name for kind, name in KINDS.items() if isinstance(value, kind)), "other")


def expanded(rule: Rule, shapes: dict[str, Rule]) -> Rule:
    """A rule with what it takes from others by `like`, at every depth. KeyError for an unknown one."""
    whole = dict(rule)
    if "like" in whole:
        whole = {**expanded(shapes[whole.pop("like")], shapes), **whole}
    for part in ("names", "values", "elements"):
        if isinstance(whole.get(part), dict):
            whole[part] = expanded(whole[part], shapes)
    if "keys" in whole:
        whole["keys"] = {name: expanded(one, shapes) for name, one in whole["keys"].items()}
    return whole


def check(rule: Rule, value: Any, path: tuple[str | int, ...] = ()) -> Iterator[Problem]:
    """Everything that is wrong with a value, its nested values included."""
    kind = kind_of(value)
    wanted = rule.get("type", "raw")
    blank = isinstance(value, str) and not value.strip() and not rule.get("empty")
    if value in (None, "") or blank or (value in ([], {}) and rule.get("required")):
        yield from _check_empty(rule, value, path)
        return
    if kind == "str" and PLACEHOLDER.fullmatch(value) and not rule.get("secret"):
        yield Problem(path, f"{value!r} is a placeholder", f"Write {_example(rule, wanted)}.")
        return
    if rule.get("text") and kind == "str" and re.fullmatch(r"-?\d+", value):
        value, kind = int(value), "int"
    problem = _check_type(rule, kind, value, path)
    if problem:
        yield problem
        return
    if kind in ("str", "int", "float") and wanted != "bool":
        yield from _check_plain(rule, value, path)
    if kind in ("list", "dict") and not _fits(rule, len(value)):
        yield Problem(path, f"has {len(value)} entries, {_range(rule)}", _hint(rule))
    if kind == "list":
        yield from _check_list(rule, value, path)
    elif kind == "dict":
        yield from _check_dict(rule, value, path)


def _check_empty(rule: Rule, value: Any, path: tuple) -> Iterator[Problem]:
    wanted = rule.get("type", "raw")
    kinds = {"raw": (type(value),), "list": (list,), "dict": (dict,)}
    if rule.get("empty") and isinstance(value, kinds.get(wanted, (str,))):
        return
    if rule.get("none") and value is None:
        return
    says = f"is blank ({value!r})" if value else "is empty"
    yield Problem(path, says, f"Write {_example(rule, wanted)}.")


def _check_type(rule: Rule, kind: str, value: Any, path: tuple) -> Problem | None:
    wanted = rule.get("type", "raw")
    if kind == "float" and not math.isfinite(value):
        return Problem(path, f"{value} is no number", f"Write {_example(rule, wanted)}.")
    if kind == "int" and rule.get("quoted"):
        says = "is a number, in which leading zeros are lost"
        return Problem(path, says, f"Write it in quotes, as in {_example(rule, wanted)}.")
    if wanted == "raw" or kind == wanted or (wanted == "float" and kind == "int"):
        return None
    if kind in {"plain": ("str", "int", "float"), "path": ("str",)}.get(wanted, ()):
        return None
    if wanted in ("str", "path", "plain"):
        if kind == "int":
            return None
        if kind == "float":
            return Problem(
                path, f"{value} is a number, of which zeros are lost", f'Write "{value}".'
            )
        if kind == "bool":
            says = "is true or false (so YAML reads yes, no, on and off), must be text"
            return Problem(path, says, f"Write it in quotes, as in {_example(rule, wanted)}.")
    shown = "" if rule.get("secret") or kind in ("list", "dict") else f" ({value!r})"
    says = f"is {NAMES.get(kind, kind)}{shown}, must be {NAMES.get(wanted, wanted)}"
    return Problem(path, says, f"Write {_converted(rule, wanted, kind, value)}.")


def _converted(rule: Rule, wanted: str, kind: str, value: Any) -> str:
    """The value as it was probably meant."""
    if kind == "str" and not rule.get("secret"):
        if wanted == "int" and re.fullmatch(r"-?\d+", value):
            return (
                f"{value} without quotes (on the command line as JSON: -e '{{\"NAME\": {value}}}')"
            )
        if wanted == "bool" and value.lower() in ("true", "false", "yes", "no", "on", "off"):
            word = "true" if value.lower() in ("true", "yes", "on") else "false"
            return f"{word} without quotes (on the command line as JSON: -e '{{\"NAME\": {word}}}')"
        if wanted == "list":
            return f"[{value}]"
    if kind == "float" and wanted == "int":
        return str(round(value))
    return _example(rule, wanted)


def _check_plain(rule: Rule, value: Any, path: tuple) -> Iterator[Problem]:
    shown = "the value" if rule.get("secret") else repr(value) if isinstance(value, str) else value
    choices = rule.get("choices")
    if choices and value not in choices:
        near = nearest(str(value), map(str, choices))
        listed = ", ".join(map(str, choices))
        yield Problem(path, f"{shown} is none of {listed}", f"Write {near or choices[0]}.")
        return
    text = str(value)
    if isinstance(value, int | float) and rule.get("type") in ("int", "float"):
        if not _fits(rule, value):
            yield Problem(path, f"is {value}, {_range(rule)}", _hint(rule))
    elif not _fits(rule, len(text)):
        yield Problem(path, f"has {len(text)} characters, {_range(rule)}", _hint(rule))
    elif "pattern" in rule and not re.fullmatch(rule["pattern"], text):
        called = rule.get("called", "a value that AWS takes")
        says = f"{shown} is not {called}"
        yield Problem(path, says, _hint(rule) or f"Write it as in {rule.get('example')}.")
    elif "format" in rule:
        answer = FORMATS[rule["format"]](text)
        if answer:
            yield Problem(path, *answer)


def _check_list(rule: Rule, value: list, path: tuple) -> Iterator[Problem]:
    for index, item in enumerate(value):
        if "elements" in rule:
            elements = rule["elements"]
            nested = {"type": elements} if isinstance(elements, str) else elements
            yield from check({"required": True, **nested}, item, (*path, index))
        if rule.get("unique") and item in value[:index]:
            yield Problem((*path, index), f"{item!r} stands there twice", "Write it once.")


def _check_dict(rule: Rule, value: dict, path: tuple) -> Iterator[Problem]:
    known = rule.get("keys")
    for name, item in value.items():
        if known is not None and name not in known:
            near = nearest(str(name), known)
            write = f"Write {near}." if near else f"It may have {', '.join(sorted(known))}."
            yield Problem((*path, name), "is unknown here", write)
            continue
        if "names" in rule:
            for problem in check({"type": "str", **rule["names"]}, name):
                yield Problem((*path, name), f"the name {problem.says}", problem.write)
        nested = known[name] if known is not None else rule.get("values")
        if nested:
            yield from check(nested, item, (*path, name))
    for name, nested in (known or {}).items():
        if nested.get("required") and name not in value:
            example = _example(nested, nested.get("type", "raw"))
            yield Problem((*path, name), "is missing", f"Write {name}: {example}")


def _fits(rule: Rule, size: float) -> bool:
    return rule.get("min", size) <= size <= rule.get("max", size)


def _range(rule: Rule) -> str:
    low, high = rule.get("min"), rule.get("max")
    if low is not None and high is not None:
        return f"must be {low} to {high}"
    return f"must be at least {low}" if high is None else f"must be at most {high}"


def _hint(rule: Rule) -> str:
    return rule.get("hint") or (f"Write it as in {rule['example']}." if "example" in rule else "")


def _example(rule: Rule, wanted: str) -> str:
    if "example" in rule:
        return str(rule["example"])
    default = rule.get("default")
    if default not in (None, "", [], {}) and "{{" not in str(default):
        return str(default).lower() if isinstance(default, bool) else str(default)
    return NAMES.get(wanted, "a value")
