"""The load while a phase lasts: for each stream one process of hey after the other."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType

from benchmarks.deploy.errors import Stop
from benchmarks.deploy.samples import Chunk, parse
from benchmarks.deploy.streams import CHUNK_SECONDS, Stream

# A phase that lasts longer has gone wrong; then nothing more is sent.
LONGEST_PHASE = 900
# Where nothing is answered a chunk would last an hour. What is not sent by then counts as failed.
LONGEST_CHUNK = 3 * CHUNK_SECONDS


class Load:
    """Sends the streams' requests from entering to leaving it; `chunks` is then what was seen.

    Leaving waits for the chunks that have begun. After an exception they are ended instead.
    """

    def __init__(
        self, streams: Sequence[Stream], address: IPv4Address, host: str, body: Path
    ) -> None:
        self.chunks: list[Chunk] = []
        self._commands = [(one, one.command(address, host, body)) for one in streams]
        self._over = threading.Event()
        self._aborted = threading.Event()
        self._guard = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._trouble: list[Exception] = []
        self._threads = [
            threading.Thread(target=self._repeat, args=pair, name=f"load {pair[0].name}")
            for pair in self._commands
        ]

    def __enter__(self) -> Load:
        self._deadline = time.monotonic() + LONGEST_PHASE
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if kind is not None:
            self._abort()
        try:
            for thread in self._threads:
                thread.join()
        except BaseException:
            self._abort()  # Ctrl-C while the last chunks are waited for
            raise
        if kind is None and self._trouble:
            raise self._trouble[0]

    def _abort(self) -> None:
        self._aborted.set()
        with self._guard:
            for process in self._running:
                process.kill()

    def _repeat(self, stream: Stream, command: list[str]) -> None:
        try:
            while True:
                chunk = self._chunk(stream, command)
                if self._aborted.is_set():
                    return
                with self._guard:
                    self.chunks.append(chunk)
                if self._over.is_set():
                    return
                if time.monotonic() > self._deadline:
                    raise Stop(f"The phase lasted longer than {LONGEST_PHASE} s: the load ended.")
        except Exception as error:  # raised where the load is left, in the main thread
            self._trouble.append(error)

    def _chunk(self, stream: Stream, command: list[str]) -> Chunk:
        begun, ticks = time.time(), time.monotonic()
        with self._guard:
            if self._aborted.is_set():
                raise Stop("The load was ended.")
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            self._running.add(process)
        try:
            out, told = self._ended(process, stream)
        finally:
            with self._guard:
                self._running.discard(process)
        if process.returncode != 0 and not self._aborted.is_set():
            why = (told or out).strip()[:300] or f"exit code {process.returncode}"
            raise Stop(f"hey did not run ({' '.join(command)}): {why}")
        samples = () if self._aborted.is_set() else parse(out)
        return Chunk(stream, begun, time.monotonic() - ticks, samples)

    @staticmethod
    def _ended(process: subprocess.Popen[str], stream: Stream) -> tuple[str, str]:
        try:
            return process.communicate(timeout=LONGEST_CHUNK)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # it tells what it has seen, and ends
        try:
            return process.communicate(timeout=stream.timeout + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Stop(f"hey (stream {stream.name}) did not end when it was told to.") from None
