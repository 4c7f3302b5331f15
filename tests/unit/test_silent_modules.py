"""Modules that are silent in check mode, or act there: a plan tells what they would change."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils import observation
from ansible_collections.groundwork.aws.plugins.plugin_utils.observation import Observation
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources.base import Found, Kind

ARGS = {"name": "app", "profile_name": "given", "size": 2}


class Silent(Kind):
    unplanned = ("profile_name",)
    withheld = frozenset({"profile_name"})

    def describe(self, clients, args):
        return self.found


@pytest.fixture
def observed(monkeypatch):
    """A function: the task's arguments for the module, and its result after the observation."""

    def observe(found: Found | None, check: bool = True) -> tuple[dict, dict]:
        kind = Silent("thing", found=found)
        monkeypatch.setattr(observation, "kind_of", lambda action: kind)
        task = SimpleNamespace(
            args=dict(ARGS), action="thing", resolved_action=None, check_mode=check, no_log=False
        )
        seen = Observation(task, nullcontext())
        seen.before()
        arguments, result = seen.arguments(), {"changed": False}
        seen.after(result)
        return arguments, result

    return observe


def test_what_the_module_is_silent_about_is_a_change(observed):
    _arguments, result = observed(Found("app", {"profile_name": "other", "size": 2}))
    assert result["changed"]


@pytest.mark.parametrize(
    "found",
    [
        Found("app", {"profile_name": "given", "size": 2}),
        # Of this the module itself would speak: it knows why it does not.
        Found("app", {"profile_name": "given", "size": 1}),
        None,
    ],
    ids=["the same", "another property", "not there"],
)
def test_nothing_else_is(observed, found):
    _arguments, result = observed(found)
    assert not result["changed"]


def test_a_run_believes_the_module(observed):
    _arguments, result = observed(Found("app", {"profile_name": "other", "size": 2}), check=False)
    assert not result["changed"]


def test_what_the_module_would_act_upon_is_kept_from_it_in_a_plan_only(observed):
    arguments, _result = observed(None)
    assert arguments == {"name": "app", "size": 2}
    arguments, _result = observed(None, check=False)
    assert arguments == ARGS
