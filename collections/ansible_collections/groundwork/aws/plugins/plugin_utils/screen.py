# Copyright: (c) 2026, Groundwork contributors
# Apache License 2.0 (see LICENSE or https://www.apache.org/licenses/LICENSE-2.0)

"""Lines at the bottom of a terminal that change in place, while others write above them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO

ERASE_BELOW = "\x1b[J"
UP = "\x1b[{}A"


class Ticker:
    """Calls something every `interval` seconds, in a thread, until it is stopped.

    `lock` is held meanwhile: the lock of Ansible's display, which also guards its forks, so that
    no worker inherits a stream in the middle of a write.
    """

    def __init__(self, lock: Any, interval: float, call: Callable[[], None]) -> None:
        self._lock = lock
        self._interval = interval
        self._call = call
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to call."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="groundwork-progress", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Call no more."""
        if self._thread:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            with self._lock:
                self._call()


class Stream:
    """A stream that clears the changing lines before it is written to."""

    def __init__(self, stream: TextIO, clear: Callable[[], None]) -> None:
        self._stream = stream
        self._clear = clear

    def write(self, text: str) -> int:
        """Write below what was written before, not into the changing lines."""
        self._clear()
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Screen:
    """The changing lines, drawn four times a second while it is on."""

    def __init__(self, lock: Any, lines: Callable[[], list[str]], interval: float = 0.25) -> None:
        self._lock = lock
        self._lines = lines
        self._drawn = 0
        self._on = False
        self._ticker = Ticker(lock, interval, self._draw)
        self._streams: tuple[Any, Any] = (sys.stdout, sys.stderr)

    def start(self) -> None:
        """Draw again and again, until `stop`."""
        if self._on:
            return
        self._on = True
        self._streams = (sys.stdout, sys.stderr)
        sys.stdout = Stream(sys.stdout, self._clear)  # type: ignore[assignment]
        sys.stderr = Stream(sys.stderr, self._clear)  # type: ignore[assignment]
        self._ticker.start()

    def stop(self) -> None:
        """Take the lines away and give the streams back."""
        if not self._on:
            return
        self._on = False
        self._ticker.stop()
        self._clear()
        sys.stdout, sys.stderr = self._streams

    def _draw(self) -> None:
        lines = self._lines()
        self._clear()
        out = self._streams[0]
        out.write("".join(f"{line}\n" for line in lines))
        out.flush()
        self._drawn = len(lines)

    def _clear(self) -> None:
        with self._lock:
            if self._drawn:
                out = self._streams[0]
                out.write(f"{UP.format(self._drawn)}\r{ERASE_BELOW}")
                out.flush()
                self._drawn = 0
