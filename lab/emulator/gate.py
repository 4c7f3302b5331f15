"""A lock that many requests share and one snapshot takes alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Many may be `inside()` at once; `closed()` waits until nobody is and keeps them out.

    A thread may go inside again while it is inside.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._inside = 0
        self._closed = False
        self._depth = threading.local()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Hold the gate together with others."""
        depth = getattr(self._depth, "value", 0)
        self._depth.value = depth + 1
        try:
            if depth:
                yield
            else:
                with self._enter():
                    yield
        finally:
            self._depth.value = depth

    @contextmanager
    def _enter(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Hold the gate alone."""
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._closed = True
            self._condition.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            with self._condition:
                self._closed = False
                self._condition.notify_all()
