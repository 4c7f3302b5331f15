"""Measures runs as components, instances or environments grow in number: make bench-scale."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.provision import inventories
from benchmarks.provision.account import ROOT, Account

EPILOG = """\
buckets: components of one role, beside what every environment has at first. hosts: EC2 instances of
one component, in the whole of qa. environments: whole ones in one account, of which the last is
run; the others must cost it nothing. Each number has an empty account. Behind the seconds stand
those for each of what grows (of environments: the ratio to the first line). Exit codes: 0 measured;
1 a run failed.
"""
Runs = tuple[float, float, float]
"""Seconds of a first run, a run after it and a run without changes."""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="make bench-scale ARGS='...'",
        description="Seconds of provisioning as the number of a kind grows.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--kind", nargs="+", default=list(KINDS), choices=list(KINDS), help="what grows (all)"
    )
    parser.add_argument(
        "--numbers", nargs="+", type=int, default=[1, 2, 4, 8, 16], help="(1 2 4 8 16)"
    )
    return parser.parse_args(words)


def provision(account: Account, inventory: Path) -> float:
    """Seconds of one run; what a failed one said goes with the error."""
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [program, "playbooks/provision.yml", "-i", str(inventory)]
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=account.environment() | {"ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-3000:]}")
    return time.monotonic() - began


def three(account: Account, inventory: Path) -> Runs:
    """A first run, the one after it, and one without changes."""
    return tuple(provision(account, inventory) for _ in range(3))  # type: ignore[return-value]


def buckets(account: Account, folder: Path, number: int) -> Runs:
    """Runs of so many buckets."""
    return three(account, inventories.buckets(folder / "qa", number))


def hosts(account: Account, folder: Path, number: int) -> Runs:
    """Runs of an environment with so many instances."""
    return three(account, inventories.hosts(folder / "qa", number))


def environments(account: Account, folder: Path, number: int) -> Runs:
    """Runs of the last of so many environments."""
    for other in range(1, number):
        provision(account, inventories.environment(folder / f"e{other}", f"e{other}"))
    return three(account, inventories.environment(folder / f"e{number}", f"e{number}"))


KINDS: dict[str, Callable[[Account, Path, int], Runs]] = {
    "buckets": buckets,
    "hosts": hosts,
    "environments": environments,
}


def line(kind: str, number: int, runs: Runs, first: Runs) -> str:
    """One line of the table."""
    cells = []
    for seconds, base in zip(runs, first, strict=True):
        beside = seconds / base if kind == "environments" else seconds / number
        unit = "" if kind == "environments" else " s"
        cells.append(f"{f'{seconds:.1f} s ({beside:.2f}{unit})':>22}")
    return f"{number:>12}" + "".join(cells)


def main() -> int:
    """Measure, and print a table for each kind as it grows."""
    options = arguments()
    for kind in options.kind:
        head = "".join(f"{name:>22}" for name in ("first run", "run after it", "no-op run"))
        print(f"\n{kind:>12}{head}", flush=True)
        first: Runs | None = None
        for number in options.numbers:
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place)
                with Account(folder / "account", 0) as account:
                    runs = KINDS[kind](account, folder, number)
            first = first or runs
            print(line(kind, number, runs, first), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
