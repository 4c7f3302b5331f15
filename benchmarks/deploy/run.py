"""The phases, one after the other, each under the load."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

from benchmarks.deploy.environment import Environment, Played
from benchmarks.deploy.errors import Stop
from benchmarks.deploy.load import Load
from benchmarks.deploy.phase import Phase
from benchmarks.deploy.report import ALONE, DEPLOY, QUIET, ROLLBACK, WARM_UP
from benchmarks.deploy.streams import Stream

RELOADS, PAUSE = 3, 3.0
# Asked of each host's share of the balancer, so that a host on another release is met.
ASKED = 6


@dataclass
class Benchmark:
    """A benchmark of `environment`; `phases` grows while it runs.

    `good` and `bad` name the releases, `url` tells which one serves (empty: nobody is asked),
    `quiet` is in seconds.
    """

    environment: Environment
    streams: Sequence[Stream]
    address: IPv4Address
    host: str
    body: Path
    url: str
    good: str
    bad: str
    quiet: float
    phases: list[Phase] = field(default_factory=list)

    def run(self) -> None:
        """Run all phases. What goes wrong in one of them is its `problem`."""
        before = self.serving()
        if len(before) > 1:
            raise Stop(
                f"{' and '.join(sorted(before))} serve side by side. Look with make status; "
                "playbooks/deploy.yml ends it."
            )
        self.under_load(WARM_UP, lambda _: time.sleep(1))
        self.under_load(QUIET, lambda _: time.sleep(self.quiet))
        deployed = self.under_load(DEPLOY, self.playing("deploy", self.good), {self.good})
        # A rollback after a deploy that failed would go one release too far back. It comes before
        # the failing deploy, which takes the slot that a rollback within seconds needs.
        if not deployed.problem:
            self.under_load(ROLLBACK, self.playing("rollback", ""), before)
        self.under_load("failing deploy", self.playing("deploy", self.bad, fails=True), before)
        self.under_load("proxy reload", self.reload, before)
        if not deployed.problem:
            timed = self.alone(DEPLOY + ALONE, self.playing("deploy", self.good), {self.good})
            if not timed.problem:
                self.alone(ROLLBACK + ALONE, self.playing("rollback", ""), before)

    def serving(self) -> set[str]:
        """The releases that answer."""
        if not self.url:
            return set()
        return self.environment.releases(self.url, ASKED * len(self.environment.hosts))

    def under_load(
        self, name: str, work: Callable[[Phase], None], expected: set[str] | None = None
    ) -> Phase:
        """One phase: `work` under the load; afterwards the expected release serves."""
        phase = self.begin(name)
        load = Load(self.streams, self.address, self.host, self.body)
        try:
            with load:
                begun = time.monotonic()
                work(phase)
                phase.seconds = phase.seconds or time.monotonic() - begun
        finally:
            phase.chunks = load.chunks
        self.end(phase, expected)
        return phase

    def alone(self, name: str, work: Callable[[Phase], None], expected: set[str]) -> Phase:
        """The same without the load, for its seconds."""
        phase = self.begin(name)
        work(phase)
        self.end(phase, expected)
        return phase

    def begin(self, name: str) -> Phase:
        """Say that a phase begins."""
        print(f"==> {name}", flush=True)
        self.phases.append(Phase(name))
        return self.phases[-1]

    def end(self, phase: Phase, expected: set[str] | None) -> None:
        """Ask which release serves, where that is known; another one is a problem."""
        found = self.serving() if expected is not None else None
        if found and found != expected and not phase.problem:
            words = [", ".join(sorted(one)) for one in (found, expected or set())]
            phase.problem = f"{words[0]} serves, not {words[1]}"

    def playing(self, playbook: str, release: str, fails: bool = False) -> Callable[[Phase], None]:
        """Work that runs a playbook; where it `fails` as it should, that is no problem."""
        extra = [f"release={release}"] if release else []

        def work(phase: Phase) -> None:
            # Under load it yields: in production it shares no processor with hosts and balancer.
            done = self.environment.play(playbook, *extra, yields=ALONE not in phase.name)
            phase.seconds, phase.switches = done.seconds, done.switches
            if (done.code != 0) != fails:
                phase.problem = unexpected(playbook, done)

        return work

    def reload(self, phase: Phase) -> None:
        """Reload the proxy of every host, several times."""
        for _ in range(RELOADS):
            self.environment.on_hosts("systemctl reload haproxy.service")
            time.sleep(PAUSE)


def unexpected(playbook: str, done: Played) -> str:
    """A playbook that ended otherwise than it should, in words."""
    if done.code == 0:
        return f"playbooks/{playbook}.yml succeeded with a release that cannot run"
    return f"playbooks/{playbook}.yml failed:\n{done.output.strip()[-2000:]}"
