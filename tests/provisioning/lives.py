"""What happens to an environment, in the order of its tests (conftest.py, LIFE)."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from drifts import drift
from drifts.found import Properties
from snapshot import snapshot

if TYPE_CHECKING:
    from conftest import Account


class Life:
    """What happens to an environment in its account: the first runs, then changes by hand."""

    def __init__(self, account: Account, env: str) -> None:
        self.account, self._env = account, env

    @cached_property
    def runs(self) -> dict[str, Any]:
        """Plans and runs from nothing, in their order, and all that stood then."""
        play = partial(self.account.play, "provision", self._env)
        # Who has nothing yet may ask for a plan of everything.
        first = partial(self.account.play, "../site", self._env) if self._env == "prod" else play
        return {
            "plan": first("--check", "--diff"),
            "apply": play(),
            "plan again": play("--check", "--diff"),
            "apply again": play(),
            "built": snapshot(self.account),
        }

    @cached_property
    def drift(self) -> Properties:
        """Type, name and property of each change by hand."""
        assert self.runs
        return drift(self.account.client)
