"""Measures a first run with AWS's creation times, scaled: make bench-provision, or --help."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provision import chain
from benchmarks.provision.account import ROOT, Account
from lab.emulator import creation

EPILOG = """\
Databases, caches, NAT gateways, balancers, certificates and instances take as long as on AWS,
divided by the scale. The longest chain is what a run could take at best: components that need each
other, one after the other, each with its own work as measured in this run and with AWS's time. What
is more is the run's own: reading the inventory, checks, the lock, tiers that wait for their slowest
component. Exit codes: 0 measured; 1 the run failed.
"""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="make bench-provision ARGS='...'",
        description="A first run's seconds beside those of its longest chain, and in sequence.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--env", default="qa", choices=["qa", "prod"], help="(%(default)s)")
    parser.add_argument("--scale", type=int, default=4, help="of AWS's times (%(default)s)")
    return parser.parse_args(words)


def main() -> int:
    """Measure, and print the figures and the run's timeline."""
    options = arguments()
    creation.set_scale(f"aws/{options.scale}")
    with tempfile.TemporaryDirectory() as folder:
        line = Path(folder, "timeline.json")
        with Account(Path(folder, "account"), 0, f"aws/{options.scale}") as account:
            program = str(Path(sys.executable).with_name("ansible-playbook"))
            command = [program, "playbooks/provision.yml", "-i", f"inventories/{options.env}"]
            command += ["-e", "timeline=true", "-e", f"timeline_file={line}"]
            environment = account.environment() | {"ANSIBLE_NOCOLOR": "1"}
            began = time.monotonic()
            done = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
            )
            wall = time.monotonic() - began
        if done.returncode:
            print(done.stdout[-3000:], file=sys.stderr)
            return 1
        timeline = json.loads(line.read_text(encoding="utf-8"))
    print(done.stdout[done.stdout.index("Timeline:") :])
    known = chain.graph(ROOT, options.env)
    found = chain.components(timeline, known, creation.seconds)
    longest, path = chain.longest(found)
    print(f"{options.env}, AWS's creation times divided by {options.scale}")
    print(f"  in sequence    {chain.in_sequence(found):7.1f} s")
    print(f"  longest chain  {longest:7.1f} s   {' > '.join(path)}")
    print(f"  this run       {wall:7.1f} s   {wall / longest:.2f} of the longest chain")
    return 0


if __name__ == "__main__":
    sys.exit(main())
