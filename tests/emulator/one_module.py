"""One of our modules in this process, on the emulator: what a run returns, and what it called."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import Any

import pytest
from ansible_collections.groundwork.aws.plugins.plugin_utils.resources import own

from lab.emulator.calls import is_mutating


class Done(Exception):
    """A module has ended."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(result)
        self.result = result


class Module(own.Module):
    """An AnsibleAWSModule as far as ours use it."""

    _name = "groundwork.aws.it"

    def __init__(self, clients: Clients, params: dict[str, Any], check: bool) -> None:
        super().__init__(clients, params)
        self.check_mode = check
        self.warnings: list[str] = []

    def exit_json(self, **result: Any) -> None:
        """End well."""
        raise Done({**result, "warnings": self.warnings})

    def warn(self, text: str) -> None:
        """Say it with the result."""
        self.warnings.append(text)


class Clients(defaultdict):
    """Clients by service, made when they are asked for; calls that change something are noted."""

    def __init__(self, aws: Any) -> None:
        super().__init__()
        self._aws = aws
        self.called: list[str] = []

    def __missing__(self, service: str) -> Any:
        client = self[service] = self._aws(service)
        client.meta.events.register("before-call", self._note)
        return client

    def _note(self, model: Any, **_: Any) -> None:
        if is_mutating(model.name):
            self.called.append(model.name)


class Kept:
    """A resource that one of our modules keeps."""

    def __init__(self, aws: Any, describer: str, asked: dict[str, Any]) -> None:
        name, _, kind = describer.partition(":")
        self._code = import_module(f"{own.MODULES}.{name}")
        self._kind, self._clients, self._asked = kind, Clients(aws), asked

    def run(self, check: bool = False, **other: Any) -> dict[str, Any]:
        """One run of the module, with some arguments otherwise."""
        params = own.parameters(self._code.DOCUMENTATION, {**self._asked, **other})
        module = Module(self._clients, params, check)
        self._clients.called = []
        with pytest.raises(Done) as done:
            getattr(self._code, self._kind)(module).run()
        called = self._clients.called
        assert not (check and called)
        return {**done.value.result, "called": called}

    def changes(self, **other: Any) -> dict[str, Any]:
        """What a run changes; its plan announced the same, and a second run finds nothing."""
        planned, done = self.run(check=True, **other), self.run(**other)
        assert (planned["changed"], planned["diff"]) == (done["changed"], done["diff"])
        assert self.run(**other)["changed"] is False
        return done["diff"]["after"]
