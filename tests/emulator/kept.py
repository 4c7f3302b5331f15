"""One of our modules run in this process, on the emulator: its plan is the change."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import Any

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources import own


class Done(Exception):
    """A module has ended."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(result)
        self.result = result


class Module(own.Module):
    """An AnsibleAWSModule as far as ours use it."""

    _name = "groundwork.aws.it"

    def __init__(self, aws: Any, params: dict[str, Any], check: bool) -> None:
        super().__init__(Clients(aws), params)
        self.check_mode = check

    def exit_json(self, **result: Any) -> None:
        """End well."""
        raise Done(result)


class Clients(defaultdict):
    """Clients by service, made when they are asked for."""

    def __init__(self, aws: Any) -> None:
        super().__init__()
        self._aws = aws

    def __missing__(self, service: str) -> Any:
        self[service] = self._aws(service)
        return self[service]


class Kept:
    """A resource that one of our modules keeps."""

    def __init__(self, aws: Any, describer: str, asked: dict[str, Any]) -> None:
        name, _, kind = describer.partition(":")
        self._code = import_module(f"{own.MODULES}.{name}")
        self._kind, self._aws, self._asked = kind, aws, asked

    def run(self, check: bool = False, **other: Any) -> dict[str, Any]:
        """One run of the module, with some arguments otherwise."""
        params = own.parameters(self._code.DOCUMENTATION, {**self._asked, **other})
        module = Module(self._aws, params, check)
        with pytest.raises(Done) as done:
            getattr(self._code, self._kind)(module).run()
        return done.value.result

    def changes(self, **other: Any) -> dict[str, Any]:
        """What a run changes; its plan announced the same, and a second run finds nothing."""
        planned, done = self.run(check=True, **other), self.run(**other)
        assert (planned["changed"], planned["diff"]) == (done["changed"], done["diff"])
        assert self.run(**other)["changed"] is False
        return done["diff"]["after"]
