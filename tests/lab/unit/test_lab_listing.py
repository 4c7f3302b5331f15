"""What the engine lists is asked for once, and again once something has changed."""

import queue
from collections.abc import Iterator
from typing import Any

import pytest

from lab import listing
from lab.listing import Listing
from tests.waiting import until


class Engine:
    """Counts what it is asked; says what a test puts into `said`; an exception there is raised."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.said: queue.Queue[Any] = queue.Queue()
        self.listened = 0
        self.api = self.images = self
        self.id = "sha256:1"

    def containers(self, **_: Any) -> list[dict[str, str]]:
        self.asked.append("containers")
        return [{"Id": str(len(self.asked))}]

    def get(self, name: str) -> "Engine":
        self.asked.append(name)
        return self

    def events(self, **_: Any) -> Iterator[Any]:
        self.listened += 1
        while True:
            event = self.said.get()
            if isinstance(event, Exception):
                raise event
            yield event


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def followed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Listing:
    monkeypatch.setattr(listing, "LONGEST", 3600.0)
    monkeypatch.setattr(listing, "_PAUSE", 0.01)
    made = Listing(engine, "label")
    made.follow()
    until(lambda: engine.listened == 1, "a listener")
    return made


def test_each_call_asks_where_nobody_listens(engine: Engine) -> None:
    made = Listing(engine, "label")
    assert made.containers() != made.containers()


def test_an_answer_serves_until_something_is_another(engine: Engine, followed: Listing) -> None:
    first = followed.containers()
    assert followed.containers() == first and followed.image("host") == followed.image("host")
    assert engine.asked == ["containers", "host"]
    engine.said.put({"Action": "die"})
    until(lambda: followed.containers() != first, "another answer")
    followed.image("host")
    assert engine.asked == ["containers", "host", "containers", "host"]


def test_a_change_while_the_engine_answers_is_not_missed(
    engine: Engine, followed: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = engine.containers

    def changing(**asked: Any) -> list[dict[str, str]]:
        found = answer(**asked)
        followed.forget()
        return found

    monkeypatch.setattr(engine, "containers", changing)
    assert followed.containers() != followed.containers()


def test_an_engine_that_was_lost_is_listened_to_again(engine: Engine, followed: Listing) -> None:
    first = followed.containers()
    engine.said.put(OSError("gone"))
    until(lambda: engine.listened == 2, "a second listener")
    assert followed.containers() != first


def test_no_answer_is_kept_for_long(
    engine: Engine, followed: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = followed.containers()
    monkeypatch.setattr(listing, "LONGEST", 0.0)
    assert followed.containers() != first
