"""Measures first run, no-op run, plan and destroy, side by side. Usage: make bench, or --help."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.provision import memory
from benchmarks.provision.account import KEYS, Account
from benchmarks.provision.sides import OPERATIONS, Side, SideError, sides
from benchmarks.terraform import compare

Seconds = dict[str, dict[str, list[float]]]
EPILOG = """\
Each side has an emulated account of its own. First run, the run after it and destroy happen once,
no-op run and plan in as many rounds as asked for, the sides taking turns. After the first run the
accounts are read and compared: where they differ, nothing is measured. The figures are wall
seconds, medians; in brackets the ratio to Terraform's, a run's without changes to Terraform's plan.
The run after the first one finds nothing to do, either, and is the one that leaves traces
(docs/traces.md). With --memory: MiB of a side's processes together, what they share counted once.
Exit codes: 0 measured; 1 a side failed, or the accounts differ.
"""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="make bench ARGS='...'",
        description="Seconds of Groundwork, without traces, or warm Pythons, and of Terraform.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--env", nargs="+", default=["qa"], choices=["qa", "prod"], help="(qa)")
    parser.add_argument("--rounds", type=int, default=5, help="of no-op run and plan (5)")
    parser.add_argument(
        "--latency", type=int, default=0, metavar="MS", help="before each answer of the API (0)"
    )
    parser.add_argument(
        "--without", nargs="+", default=[], metavar="SIDE", help="leave a column of the table out"
    )
    parser.add_argument(
        "--memory", action="store_true", help="MiB in the place of seconds, each operation's peak"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    return parser.parse_args(words)


def measure(
    env: str, who: list[Side], options: argparse.Namespace, folder: Path, found: Seconds
) -> None:
    """Seconds (or MiB) by operation and side, into `found`, also where it raises SideError."""
    found |= {operation: {side.name: [] for side in who} for operation in OPERATIONS}
    with ExitStack() as stack:
        accounts = {
            side.name: stack.enter_context(Account(folder / env / side.name, options.latency))
            for side in who
        }

        def turn(operation: str) -> None:
            for side in who:
                print(f"{env}: {operation}, {side.name}", file=sys.stderr, flush=True)
                with memory.peak() if options.memory else nullcontext() as most:
                    seconds = side.run(operation, env, accounts[side.name])
                found[operation][side.name].append(most[0] if most else seconds)

        turn("first run")
        first, *others = (account.url for account in accounts.values())
        for other in others:
            different, counts = compare.told(first, other)
            if different or not all(counts):
                raise SideError("\n".join([f"The accounts differ, {counts}:", *different]))
        turn("run after it")
        for _ in range(options.rounds):
            turn("no-op run")
            turn("plan")
        turn("destroy")


WITHOUT_CHANGES = ("run after it", "no-op run")


def table(found: Seconds, unit: str = "s") -> list[str]:
    """A line for each operation: medians, and their ratios to Terraform's."""
    names = list(found["plan"])
    lines = ["".join([f"{'':12}", *(f"{name:>26}" for name in names)])]
    for operation, by_side in found.items():
        if not all(by_side.values()):
            continue
        against = found["plan" if operation in WITHOUT_CHANGES else operation].get("Terraform")
        cells = []
        for name in names:
            seconds = statistics.median(by_side[name])
            ratio = f"  ({seconds / statistics.median(against):.2f})" if against else ""
            cells.append(f"{f'{seconds:.1f} {unit}{ratio}':>26}")
        lines.append("".join([f"{operation:12}", *cells]))
    return lines


def main() -> int:
    """Measure, and print the tables."""
    options = arguments()
    everybody, missing = sides()
    who = [side for side in everybody if side.name not in options.without]
    if missing:
        print(missing, file=sys.stderr)
    machine = f"{platform.machine()}, {len(os.sched_getaffinity(0))} processors"
    os.environ |= KEYS  # for what reads the accounts in this process
    results: dict[str, Seconds] = {}
    with tempfile.TemporaryDirectory() as folder:
        for env in options.env:
            failed, found = False, results.setdefault(env, {})
            try:
                measure(env, who, options, Path(folder), found)
            except SideError as error:
                print(error, file=sys.stderr)
                failed = True
            when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
            print(f"\n{env}, {options.latency} ms a call, {machine}, {when} UTC")
            print("\n".join(table(found, "MiB" if options.memory else "s")))
            if failed:
                return 1
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
