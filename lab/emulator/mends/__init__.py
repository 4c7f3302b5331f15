"""Where moto differs from AWS, it is mended here: one file per operation, reason in its docstring.

A mend is a change in the emulator, so that a role or a module meets what it meets on AWS; it is
never a way around a fault of a module. Each has a test in tests/emulator that fails without it.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable
from typing import Any


def apply() -> None:
    """Put all mends in force in this process; doing it again does nothing."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


def mend(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replace `owner.name` by the decorated function, whose first argument is the original.

    Raises AttributeError when moto has no such method any more: a mend that no longer fits must
    be looked at, not skipped.
    """
    original = getattr(owner, name)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def mended(*args: Any, **kwargs: Any) -> Any:
            return function(original, *args, **kwargs)

        setattr(owner, name, mended)
        return function

    return decorate


def add(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give `owner` an operation that moto lacks, under the decorated function's name.

    Raises RuntimeError once moto has it: then the mend has had its time.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if hasattr(owner, function.__name__):
            raise RuntimeError(f"moto now has {owner.__name__}.{function.__name__}: drop our mend")
        setattr(owner, function.__name__, function)
        return function

    return decorate
