"""The lab's one background process: the emulator, and a thread for each controller."""

import hashlib
import importlib
import inspect
import logging
import logging.handlers
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from lab import controllers, processes
from lab.controllers.base import Controller
from lab.engine import Engine, current
from lab.errors import LabError
from lab.health import Board, Health, read
from lab.lab import Lab
from lab.settings import Settings

_MARKER = "lab.daemon"
_GAP = 0.2  # seconds between two passes at least, however often records change
_SOURCES = Path(__file__).parent
log = logging.getLogger("lab.daemon")


def pid(settings: Settings) -> int | None:
    """Tell the daemon's process, None when it does not run."""
    return processes.read_pid(settings.home / "daemon.pid", _MARKER)


def health(settings: Settings) -> Health | None:
    """Tell how the running daemon is, None when it does not run or has told nothing yet."""
    told = read(settings.home / "health.json")
    return told if told and told.pid == pid(settings) else None


def code() -> str:
    """Hash the lab's own code: a daemon of older code is replaced by `up`."""
    parts = [
        f"{path}:{path.stat().st_mtime_ns}"
        for path in sorted(_SOURCES.rglob("*.py"))
        if path.parent.name != "images"
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def launch(settings: Settings) -> None:
    """Start the daemon in the background. It waits for `release` before it serves."""
    (settings.home / "prepared").unlink(missing_ok=True)
    settings.log.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_")
    } | {
        "LAB_HOME": str(settings.home), "LAB_CACHE": str(settings.cache),
        "PYTHONPATH": str(_SOURCES.parent),
    }  # fmt: skip
    with settings.log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", _MARKER], env=environment, cwd="/",
            stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip
    (settings.home / "daemon.pid").write_text(str(process.pid), encoding="ascii")


def release(settings: Settings) -> None:
    """Tell the daemon that network and images are there."""
    (settings.home / "prepared").touch()


def stop(settings: Settings) -> None:
    """End the daemon; what its controllers have made stays."""
    if running := pid(settings):
        processes.stop(running)
    for name in ("daemon.pid", "health.json"):
        (settings.home / name).unlink(missing_ok=True)


def main() -> int:
    """Serve until SIGTERM."""
    settings = Settings.load()
    _log_to(settings.log)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        Daemon(settings, ended).run()
    except LabError as error:
        log.error("%s", error)
        return 1
    except Exception:
        log.exception("the daemon ends")
        return 1
    return 0


class Daemon:
    """Runs emulator and controllers until an event is set."""

    def __init__(self, settings: Settings, ended: threading.Event) -> None:
        self._settings = settings
        self._ended = ended
        self._board = Board(settings.home / "health.json", os.getpid(), code())
        self._wakes: list[threading.Event] = []

    def run(self) -> None:
        """Serve."""
        from lab.emulator import (  # here: its import takes seconds
            changes,
            creation,
            records,
            server,
        )
        from lab.pki import Authority

        classes = controller_classes()
        while not (self._settings.home / "prepared").exists():
            if self._ended.wait(0.05):
                return
        engine = current(self._settings)
        if engine is None:
            raise LabError(f"{self._settings.home} names no engine", "start again: make lab-up")
        try:
            creation.set_scale(os.environ.get("LAB_LATENCY", ""))
        except creation.BadScale as error:
            raise LabError(str(error), "set LAB_LATENCY=aws/20, or unset it") from None
        address, port = str(self._settings.gateway), self._settings.emulator_port
        server.start(
            address,
            port,
            self._settings.records,
            record=self._settings.record,
            public_network=self._settings.public_pool,
        )
        log.info("emulator at %s", self._settings.emulator_url)
        authorities = (Authority(one) for one in (self._settings.pki, self._settings.database_pki))
        lab = Lab(self._settings, _client(engine), *authorities, records)
        lab.containers.follow()
        threads = []
        for one in classes:
            self._board.add(one.name)
            thread = threading.Thread(target=self._control, args=(one, lab), name=one.name)
            thread.start()
            threads.append(thread)
        changes.listen(self._wake)
        self._ended.wait()
        self._wake()
        log.info("stopping")
        for thread in threads:
            thread.join(10)
        server.stop()
        log.info("stopped")
        logging.shutdown()
        os._exit(0)  # a thread that hangs in a call must not keep the process

    def _control(self, kind: type[Controller], lab: Lab) -> None:
        controller = kind(lab)
        wake = threading.Event()
        self._wakes.append(wake)
        gap = min(_GAP, kind.interval)
        started = False
        while not self._ended.is_set():
            wake.clear()
            try:
                if not started:
                    controller.start()
                    started = True
                controller.reconcile()
                if self._board.tell(kind.name):
                    controller.log.info("ok")
            except Exception as error:  # whatever it is, the next pass may do better
                text = f"{type(error).__name__}: {error}"
                if self._board.tell(kind.name, text):
                    controller.log.exception("a pass failed")
            self._ended.wait(gap)
            wake.wait(kind.interval - gap)
        try:
            controller.stop()
        except Exception:
            controller.log.exception("stopping failed")

    def _wake(self) -> None:
        """Have each controller do its next pass now: records have changed, or the end has come."""
        for wake in list(self._wakes):
            wake.set()


def controller_classes() -> list[type[Controller]]:
    """Find the controllers: every file of `lab/controllers` that defines one."""
    found: list[type[Controller]] = []
    for module in pkgutil.iter_modules(controllers.__path__):
        loaded = importlib.import_module(f"lab.controllers.{module.name}")
        found += [
            one for _, one in inspect.getmembers(loaded, inspect.isclass)
            if issubclass(one, Controller) and one.__module__ == loaded.__name__
            and not inspect.isabstract(one)
        ]  # fmt: skip
    return found


def _client(engine: Engine):
    end = time.monotonic() + 60
    while not engine.version():
        if time.monotonic() > end:
            raise LabError(f"the Docker engine at {engine.host} does not answer")
        time.sleep(0.1)
    return engine.client()


def _log_to(path: Path) -> None:
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=10_000_000, backupCount=2)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("lab").setLevel(logging.INFO)


if __name__ == "__main__":
    sys.exit(main())
