"""Have what scenarios stand on: the lab's engine, images, network. Prints the engine's address.

Words are names of optional images to have too. With `--only-find` nothing is started; without a
running engine nothing is printed then.
"""

import contextlib
import sys

sys.path.insert(0, ".")

from lab import engine, network  # noqa: E402 - after the path is set
from lab.images import Images  # noqa: E402 - after the path is set
from lab.settings import Settings  # noqa: E402 - after the path is set


def main(*words: str) -> None:
    """Print the engine's address as the last line."""
    settings = Settings.load()
    if "--only-find" in words:
        found = engine.current(settings)
        if found and found.version():
            print(found.host)
        return
    with contextlib.redirect_stdout(sys.stderr):
        started = engine.ensure(settings)
        Images(started, settings).ensure(*words)
        network.ensure(started.client(), settings)
    print(started.host)


if __name__ == "__main__":
    main(*sys.argv[1:])
