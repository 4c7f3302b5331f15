"""Measures deploys in the lab: failed requests, times of answers, seconds to the switch.

See README.md beside this file. Usage: make bench-deploy, or python -m benchmarks.deploy --help
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.deploy import generator, releases, report
from benchmarks.deploy.environment import Environment
from benchmarks.deploy.errors import Stop
from benchmarks.deploy.run import Benchmark
from benchmarks.deploy.streams import UPLOAD_BYTES, streams, total_rate
from benchmarks.deploy.target import address_of

EPILOG = """\
Needs the lab with a converged environment (make demo). The number of hosts is read from AWS;
another one is made by site.yml:
  source <(make lab-env)
  ansible-playbook site.yml -i inventories/qa -e instances_count=3
Exit codes: 0 no request failed and every phase ended as it should; 1 otherwise; 2 not measured.
"""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="make bench-deploy ARGS='...'",
        description="Requests that a deploy, a rollback, a failing deploy and a reload of the "
        "proxy lose,\nand the seconds that they take, under 200 requests a second through the "
        "balancer.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--hosts",
        type=int,
        choices=(1, 3),
        help="stop unless the environment has as many app hosts",
    )
    add("--json", type=Path, metavar="FILE", help="write everything that was measured there too")
    add("--quiet", type=float, default=20, metavar="SECONDS", help="length of the quiet phase (20)")
    add("--failure", choices=sorted(releases.FAILURES), default="exit",
        help="how the failing api fails: ends at once, is never healthy (exit)")  # fmt: skip
    add("--inventory", default="inventories/qa", help="%(default)s")
    add("--name", default="qa.milky-way.test", help="the balancer's; %(default)s")
    add(
        "--app",
        type=Path,
        default=releases.APP,
        metavar="FOLDER",
        help="source of the releases; examples/app",
    )
    group = parser.add_argument_group("paths of the load; an empty one is left out")
    group.add_argument("--path", default="/api/release", help="answered at once; %(default)s")
    group.add_argument("--page", default="/healthz", help="of another service; %(default)s")
    group.add_argument("--slow", default="/api/slow?seconds=5", help="takes 5 s; %(default)s")
    group.add_argument("--upload", default="/api/upload", help="takes a POST; %(default)s")
    group.add_argument("--release-path", default="/api/release",
                       help="JSON whose `release` says what serves; %(default)s")  # fmt: skip
    return parser.parse_args(words)


def measure(given: argparse.Namespace, folder: Path) -> Benchmark:
    """Prepare everything, then run the phases."""
    load = streams(given.path, given.page, given.slow, given.upload)
    if total_rate(load) < report.RATE:
        print(f"The load is {total_rate(load):.0f} requests a second, less than {report.RATE}.")
    environment = Environment(given.inventory)
    address = address_of(given.name)
    generator.have()
    environment.find_hosts(given.hosts)
    print(
        f"==> {len(environment.hosts)} host(s) behind {given.name} ({address}), "
        f"{total_rate(load):.0f} requests a second",
        flush=True,
    )
    good = f"qa-bench-{int(time.time())}"
    bad = f"{good}-bad"
    releases.build(environment, good, given.app.resolve())
    releases.build(environment, bad, releases.failing_source(given.app, folder, given.failure))
    releases.pull(environment, good)
    body = folder / "body"
    body.write_bytes(os.urandom(UPLOAD_BYTES))
    url = f"https://{given.name}{given.release_path}" if given.release_path else ""
    benchmark = Benchmark(environment, load, address, given.name, body, url, good, bad, given.quiet)
    try:
        benchmark.run()
    except Stop as error:
        if not benchmark.phases:
            raise
        # What was measured until then is shown all the same.
        benchmark.phases[-1].problem = str(error)
    return benchmark


def show(benchmark: Benchmark, file: Path | None) -> bool:
    """Print and write what was measured; tells whether it is good."""
    phases, hosts = benchmark.phases, len(benchmark.environment.hosts)
    print()
    print("\n".join(report.table(phases)))
    print("\np50, p99: of kept and new connections, without uploads and slow requests")
    for met, words in report.aims(phases, hosts):
        print(f"  {'met   ' if met else 'MISSED'}  {words}")
    for line in report.failure_lines(phases):
        print(line)
    if file:
        file.write_text(json.dumps(report.to_dict(phases, hosts), indent=2) + "\n")
        print(f"The numbers are in {file}.")
    return report.passed(phases)


def main() -> int:
    """Measure and report."""
    given = arguments()
    try:
        if given.json and not given.json.resolve().parent.is_dir():
            raise Stop(f"--json {given.json}: there is no folder {given.json.resolve().parent}.")
        with tempfile.TemporaryDirectory(prefix="bench-deploy-") as folder:
            benchmark = measure(given, Path(folder))
    except Stop as error:
        print(f"bench-deploy: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "bench-deploy: interrupted; the release that serves is shown by make status",
            file=sys.stderr,
        )
        return 130
    return 0 if show(benchmark, given.json) else 1


if __name__ == "__main__":
    sys.exit(main())
