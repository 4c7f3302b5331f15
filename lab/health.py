"""How the daemon is, told in a file that `up` and `status` read."""

import json
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Part:
    """One controller (or the emulator). `state`: starting, ok, failing."""

    name: str
    state: str = "starting"
    error: str = ""
    passes: int = 0
    last: float = 0.0


@dataclass
class Health:
    """All parts of a daemon, as of `time` (seconds since 1970)."""

    pid: int
    code: str
    parts: dict[str, Part] = field(default_factory=dict)
    time: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether every part has done its first pass."""
        return bool(self.parts) and all(part.state == "ok" for part in self.parts.values())

    @property
    def failing(self) -> list[Part]:
        """The parts whose last pass failed."""
        return [part for part in self.parts.values() if part.state == "failing"]


class Board:
    """The daemon's side: parts tell how they are, the file follows."""

    def __init__(self, path: Path, pid: int, code: str) -> None:
        self._path = path
        self._health = Health(pid, code)
        self._lock = threading.Lock()
        self._written = 0.0

    def add(self, name: str) -> None:
        """Tell that a part is going to start."""
        with self._lock:
            self._health.parts[name] = Part(name)
            self._write()

    def tell(self, name: str, error: str = "") -> bool:
        """Tell the outcome of a part's pass. Says whether that is news."""
        with self._lock:
            part = self._health.parts[name]
            state = "failing" if error else "ok"
            news = (part.state, part.error) != (state, error)
            part.state, part.error, part.last = state, error, time.time()
            part.passes += 1
            if news or time.time() - self._written > 1:
                self._write()
        return news

    def _write(self) -> None:
        self._health.time = self._written = time.time()
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self._health)), encoding="utf-8")
        part.rename(self._path)


def read(path: Path) -> Health | None:
    """Read what the daemon has told last, None where there is nothing."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        parts = {name: Part(**part) for name, part in told["parts"].items()}
        return Health(told["pid"], told["code"], parts, told["time"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
