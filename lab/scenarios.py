"""What a scenario of molecule leaves in the lab when it is stopped half-way."""

from lab import processes
from lab.settings import Settings


def end_accounts(settings: Settings) -> None:
    """End the accounts that scenarios started for themselves."""
    for path in settings.home.glob("molecule/*/emulator.pid"):
        if pid := processes.read_pid(path, "-m lab emulator"):
            processes.stop(pid)
