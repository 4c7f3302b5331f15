"""Asks the application for its release all the time, as its users would."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.waiting import PATIENCE


class Watcher(threading.Thread):
    """Asks one path again and again; keeps the releases that answered, and what was no answer."""

    def __init__(self, fetch: Callable[[str], tuple[int, str]], path: str) -> None:
        super().__init__(daemon=True)
        self.fetch, self.path, self.over = fetch, path, threading.Event()
        self.answered = 0
        self.releases: list[str] = []
        self.failures: list[str] = []

    def run(self) -> None:
        """Ask, with a pause of 0.2 s, until it is over."""
        while not self.over.wait(0.2):
            try:
                status, body = self.fetch(self.path)
                if status != 200:
                    self.failures.append(f"{status} {body[:80]}")
                    continue
                self.answered += 1
                if "release" in (told := json.loads(body)):
                    self.releases.append(told["release"])
            except (OSError, ValueError) as error:
                self.failures.append(repr(error))


@contextmanager
def watching(fetch, *paths: str) -> Iterator[list[Watcher]]:
    """Watch one path each, `/api/release` where none is given, for the time of the block."""
    watchers = [Watcher(fetch, path) for path in paths or ("/api/release",)]
    for one in watchers:
        one.start()
    try:
        yield watchers
    finally:
        for one in watchers:
            one.over.set()
        for one in watchers:
            one.join(timeout=PATIENCE)
