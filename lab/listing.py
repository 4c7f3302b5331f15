"""What the engine lists, asked for again once it says that something is another."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import docker

# An engine that is started anew says nothing: what is kept is no older than this, in seconds.
LONGEST = 2.0
_PAUSE = 1.0  # seconds until a lost engine is listened to again
# `exec` has events as well: health checks would have everything asked for again.
CHANGES = {
    "type": ["container", "image"],
    "event": [
        *("create", "start", "restart", "die", "stop", "kill", "oom", "destroy", "rename"),
        *("pause", "unpause", "update", "tag", "untag", "delete", "load", "import", "pull"),
    ],
}


class Listing:
    """Containers with a label, and images by name. Each call asks, until `follow` was called."""

    def __init__(self, client: docker.DockerClient, label: str) -> None:
        self._client, self._label = client, label
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Any]] = {}
        self._generation = 0
        self._following = False

    def follow(self) -> None:
        """Listen to the engine, in a thread as long as this process lives."""
        self._following = True
        threading.Thread(target=self._listen, name="events", daemon=True).start()

    def containers(self) -> Sequence[Mapping[str, Any]]:
        """The containers as the engine describes them, running or not."""
        wanted = {"label": [self._label]}
        return self._once("", lambda: self._client.api.containers(all=True, filters=wanted))

    def image(self, name: str) -> str:
        """The id of an image. Raises docker.errors.ImageNotFound."""
        return self._once(name, lambda: self._client.images.get(name).id)

    def forget(self) -> None:
        """Have everything asked for again: something was changed."""
        with self._lock:
            self._generation += 1
            self._kept.clear()

    def _once(self, key: str, ask: Callable[[], Any]) -> Any:
        with self._lock:
            generation = self._generation
            asked, kept = self._kept.get(key, (0.0, None))
        if self._following and asked and time.monotonic() - asked < LONGEST:
            return kept
        begun, found = time.monotonic(), ask()
        with self._lock:
            # What changed while it answered may not be in the answer.
            if generation == self._generation:
                self._kept[key] = begun, found
        return found

    def _listen(self) -> None:
        while True:
            try:
                for _event in self._client.events(filters=CHANGES):
                    self.forget()
            except Exception:  # the engine is gone, or not there yet
                pass
            self.forget()
            time.sleep(_PAUSE)
