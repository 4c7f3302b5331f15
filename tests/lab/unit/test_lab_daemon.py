"""The daemon contains a controller's errors and tells them; `up` and `status` read that."""

import logging
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest

from lab import daemon, health, status, verbs
from lab.controllers.base import Controller
from lab.daemon import Daemon
from lab.health import Board
from lab.settings import Settings
from tests.waiting import until


class Moody(Controller):
    """Fails at its start once, then at every pass until it is told to be well."""

    name: ClassVar[str] = "moody"
    interval: ClassVar[float] = 0.01
    starts = 0
    passes = 0
    well = False
    stopped = False

    def start(self) -> None:
        type(self).starts += 1
        if self.starts == 1:
            raise OSError("port taken")

    def reconcile(self) -> None:
        type(self).passes += 1
        if not self.well:
            raise RuntimeError("no engine")

    def stop(self) -> None:
        type(self).stopped = True


def test_a_failing_controller_is_told_logged_once_and_tried_again(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.home.mkdir()
    path = settings.home / "health.json"
    ended = threading.Event()
    running = Daemon(settings, ended)
    running._board.add("moody")
    thread = threading.Thread(target=running._control, args=(Moody, SimpleNamespace()))
    with caplog.at_level(logging.INFO, logger="lab.moody"):
        thread.start()
        until(lambda: Moody.passes > 20, "the loop goes on after an error")
        told = health.read(path)
        assert [part.error for part in told.failing] == ["RuntimeError: no engine"]
        assert not told.ready
        Moody.well = True
        until(lambda: health.read(path).ready)
    ended.set()
    thread.join(5)
    assert Moody.stopped
    assert Moody.starts == 2, "a start that worked is not repeated"
    logged = [one.getMessage() for one in caplog.records]
    assert logged.count("a pass failed") == 2, "once for each new reason, not at each pass"


class Slow(Controller):
    """Would pass once a minute."""

    name: ClassVar[str] = "slow"
    interval: ClassVar[float] = 60
    passes = 0

    def reconcile(self) -> None:
        type(self).passes += 1


def test_a_change_of_records_brings_a_pass_at_once(settings: Settings) -> None:
    settings.home.mkdir()
    ended = threading.Event()
    running = Daemon(settings, ended)
    running._board.add("slow")
    thread = threading.Thread(target=running._control, args=(Slow, SimpleNamespace()))
    thread.start()
    until(lambda: Slow.passes == 1)
    for _ in range(50):  # many changes in a row are one pass or two, not fifty
        running._wake()
    until(lambda: Slow.passes >= 2)
    assert Slow.passes <= 3
    ended.set()
    running._wake()
    thread.join(5)
    assert not thread.is_alive()


def test_all_controllers_are_found_by_their_files() -> None:
    names = [one.name for one in daemon.controller_classes()]
    assert {"aws", "hosts", "metadata", "names", "packages"} <= set(names)
    assert len(names) == len(set(names))


def test_the_health_of_another_process_is_not_the_daemons(settings: Settings) -> None:
    settings.home.mkdir()
    Board(settings.home / "health.json", pid=1, code="x").add("hosts")
    (settings.home / "daemon.pid").write_text(str(os.getpid()))  # this is not the daemon
    assert daemon.pid(settings) is None
    assert daemon.health(settings) is None


def test_a_half_written_health_file_is_no_health(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    path.write_text('{"pid": 1, "parts"')
    assert health.read(path) is None


def test_down_and_up_refuse_folders_that_are_not_the_labs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.processes.need_root", lambda verb: None)
    settings.home.mkdir()
    (settings.home / "thesis.txt").write_text("years of work")
    for verb in (verbs.down, verbs.up):
        with pytest.raises(verbs.LabError):
            verb(settings)
    assert (settings.home / "thesis.txt").exists()


def test_a_failed_start_leaves_no_daemon_behind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []

    def fail(*arguments: object) -> None:
        raise verbs.LabError("no disk")

    monkeypatch.setattr("lab.processes.need_root", lambda verb: None)
    monkeypatch.setattr(verbs.engine, "start", lambda settings: None)
    monkeypatch.setattr(verbs, "_prepare", fail)
    monkeypatch.setattr(verbs.daemon, "launch", lambda settings: called.append("launch"))
    monkeypatch.setattr(verbs.daemon, "stop", lambda settings: called.append("stop"))
    with pytest.raises(verbs.LabError, match="no disk"):
        verbs.up(settings)
    assert called == ["launch", "stop"]


def test_status_of_nothing_says_how_to_start(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status.show(settings) == 3
    assert "make lab-up" in capsys.readouterr().out


def test_down_of_nothing_is_well(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.processes.need_root", lambda verb: None)
    verbs.down(settings)
    assert not list(settings.home.parent.iterdir())
