"""A line per step on the terminal; a step longer than two seconds also tells that it lives."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST_SIGN = 2.0
NEXT_SIGNS = 10.0

_lock = threading.Lock()


def say(text: str) -> None:
    """Print one whole line, also when several threads do."""
    with _lock:
        print(text, flush=True)


class Step:
    """A running step. `detail` is shown on its next progress line; `skip` makes it silent."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self.quiet = False
        self._begun = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._thread.start()

    def skip(self) -> None:
        """Say nothing at the end: there was nothing to do."""
        self.quiet = True

    def end(self, failed: bool) -> None:
        """Stop the progress lines and print the closing one."""
        self._ended.set()
        self._thread.join()
        if failed:
            say(f"  FAILED  {self.title} ({self._seconds():.1f} s)")
        elif not self.quiet:
            say(f"  ok  {self.title} ({self._seconds():.1f} s)")

    def _seconds(self) -> float:
        return time.monotonic() - self._begun

    def _tell(self) -> None:
        pause = FIRST_SIGN
        while not self._ended.wait(pause):
            detail = f": {self.detail}" if self.detail else ""
            say(f"  ..  {self.title}{detail} ({self._seconds():.0f} s)")
            pause = NEXT_SIGNS


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Run a block as one step of the work: `with step("Start the engine"): ...`."""
    running = Step(title)
    try:
        yield running
    except BaseException:
        running.end(failed=True)
        raise
    running.end(failed=False)


def fail(text: str) -> None:
    """Print an error for the operator on standard error."""
    with _lock:
        print(text, file=sys.stderr, flush=True)
