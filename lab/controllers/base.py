"""What every controller is."""

import abc
import logging
from typing import ClassVar

from lab.lab import Lab


class Controller(abc.ABC):
    """Keeps one kind of real thing in step with the records.

    The daemon calls `start` once, then `reconcile` in a thread of the controller's own, soon after
    records have changed and every `interval` seconds in any case, then `stop`. A raised exception
    is logged and shown by `status`; the next pass comes all the same. Containers outlive the
    daemon: they are found by their labels and adopted again.
    """

    name: ClassVar[str]
    interval: ClassVar[float] = 1.0

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.log = logging.getLogger(f"lab.{self.name}")

    def start(self) -> None:  # noqa: B027 - not every controller needs it
        """Start servers and the containers that every lab has. Idempotent."""

    @abc.abstractmethod
    def reconcile(self) -> None:
        """Bring real things in step with the records. Idempotent; cheap when nothing changed."""

    def stop(self) -> None:  # noqa: B027 - not every controller needs it
        """Stop servers of this process; containers stay."""
