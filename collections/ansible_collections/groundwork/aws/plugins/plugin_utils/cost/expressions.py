# Copyright: Groundwork contributors
# Apache License 2.0 (see LICENSE)
"""The expressions of a meta/cost.yml, over a few plain values.

Jinja's own and not Ansible's templates: an estimate is part of each plan, and those take four times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.groundwork.aws.plugins.filter.schedules import running_hours
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Evaluates a text's expressions; what is no text, or has none, is left as it is.
Template = Callable[[Any], Any]

ALONE = re.compile(r"\s*\{\{((?:(?!\}\}).)*)\}\}\s*", re.S)
# Most are a name, or how many it holds, for which nothing need be compiled.
NAME = re.compile(r"([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)( \| length)?")
ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
ENVIRONMENT.filters["running_hours"] = running_hours


class Unevaluated(ValueError):
    """An expression has no value; the message says why."""


def _named(path: list[str], counted: bool, values: dict[str, Any]) -> Any:
    found: Any = values
    for name in path:
        if name not in found:
            raise Unevaluated(f"{'.'.join(path)} is not defined")
        found = found[name]
    return len(found) if counted else found


@cache
def _compiled(text: str) -> Callable[..., Any]:
    alone = ALONE.fullmatch(text)
    named = alone and NAME.fullmatch(alone[1].strip())
    if named:
        return partial(_named, named[1].split("."), bool(named[2]))
    if alone:
        return ENVIRONMENT.compile_expression(alone[1].strip(), undefined_to_none=False)
    return ENVIRONMENT.from_string(text).render


def over(values: dict[str, Any]) -> Template:
    """What evaluates expressions over nothing but these values."""

    def template(raw: Any) -> Any:
        if not isinstance(raw, str) or "{{" not in raw:
            return raw
        try:
            return _compiled(raw)(values)
        except (AnsibleError, TemplateError, TypeError, ArithmeticError) as error:
            raise Unevaluated(f"{raw}: {error}") from None

    return template
