"""Whoever changes records says so here: the HTTP server after a call, a controller around a write.

`GATE` keeps a snapshot from being taken in the middle of a change.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lab.emulator.gate import Gate

GATE = Gate()
_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    """Have a function called after each change."""
    _listeners.append(listener)


def forget(listener: Callable[[], None]) -> None:
    """Have it called no more."""
    _listeners.remove(listener)


def tell() -> None:
    """Say that records have changed."""
    for listener in list(_listeners):
        listener()


@contextmanager
def changing() -> Iterator[None]:
    """Change records from within this process."""
    with GATE.inside():
        yield
    tell()
