"""Application Load Balancers: each is an HAProxy with its listeners, rules, targets and checks."""

import hashlib
import json
import time
from concurrent.futures import Future, ThreadPoolExecutor

from lab import haproxy
from lab.containers import Spec
from lab.controllers.base import Controller
from lab.emulator import balancing, followed
from lab.emulator.balancing import Balancer, Check, Target, TargetGroup
from lab.errors import LabError
from lab.files import write
from lab.healthcheck import INITIAL, State, Watch, ask

NOUN = "balancer"
Key = tuple[str, str]  # target group's ARN, target


class Balancers(Controller):
    """Runs a container per balancer, checks the targets, and tells the records what it found."""

    name = "balancer"
    interval = 0.25

    def start(self) -> None:
        """Take over the targets' health."""
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="health")
        self._watches: dict[Key, Watch] = {}
        self._asked: dict[Key, Future[State]] = {}
        self._slots: dict[tuple[str, str], dict[int, str]] = {}
        self._running: dict[str, tuple[str, str]] = {}
        self._recalled: set[str] = set()
        followed.follow("balancer")

    def reconcile(self) -> None:
        """Check what is due, run what has a record, remove what has none."""
        records = {one.id: one for one in balancing.balancers()}
        groups = {group.arn: group for one in records.values() for group in one.groups}
        self._check(groups)
        for identity in self.lab.containers.find(NOUN).keys() - records.keys():
            self.log.info("remove %s", identity)
            self.lab.containers.remove(NOUN, identity)
            self._running.pop(identity, None)
        for one in records.values():
            self._follow(one)
            self._report(one)

    def _report(self, one: Balancer) -> None:
        """Tell the records of the targets' health, now that traffic goes by it."""
        for group in one.groups:
            for target in group.targets:
                watch = self._watches[(group.arn, target.key)]
                balancing.set_target_health(group.arn, target.id, target.port, *watch.state)

    def _check(self, groups: dict[str, TargetGroup]) -> None:
        now = time.monotonic()
        targets = {
            (group.arn, target.key): (group.check, target)
            for group in groups.values()
            for target in group.targets
        }
        for key in self._watches.keys() - targets.keys():
            del self._watches[key]
            self._asked.pop(key, None)
        for key, (check, target) in targets.items():
            self._check_one(key, check, target, now)

    def _check_one(self, key: Key, check: Check, target: Target, now: float) -> None:
        told = balancing.target_health(key[0], target)
        watch = self._watches.get(key)
        if watch is None or (told is None and watch.state != INITIAL):  # registered (again)
            watch = self._watches[key] = Watch(state=told or INITIAL)
        asked = self._asked.get(key)
        if asked and asked.done():
            del self._asked[key]
            if watch.learn(asked.result(), check, now):
                self.log.info("target %s is %s (%s)", target.key, watch.state[0], watch.state[2])
        elif not asked and watch.due <= now and target.address:
            self._asked[key] = self._pool.submit(ask, check, target)

    def _serving(self, group: TargetGroup) -> dict[str, str]:
        """Tell who gets traffic: the healthy; all, when all are unhealthy, as ALB fails open."""
        states = {
            one.key: self._watches[(group.arn, one.key)].state[0]
            for one in group.targets
            if one.address
        }
        chosen = {key for key, state in states.items() if state == "healthy"}
        if not chosen and set(states.values()) == {"unhealthy"}:
            chosen = set(states)
        return {one.key: f"{one.address}:{one.port}" for one in group.targets if one.key in chosen}

    def _assign(self, identity: str, group: TargetGroup) -> tuple[dict[int, str], dict[int, str]]:
        """Give slots to a group's servers; who has one keeps it. Tells before and after."""
        before = self._slots.get((identity, group.arn), {})
        wanted = set(self._serving(group).values())
        after = {number: where for number, where in before.items() if where in wanted}
        free = (
            # A slot just freed may still serve a request: it comes last.
            [n for n in range(1, haproxy.SLOTS + 1) if n not in before]
            + [n for n in before if n not in after]
        )
        for where in sorted(wanted - set(after.values())):
            if not free:
                raise LabError(f"{group.name} has more than {haproxy.SLOTS} targets")
            after[free.pop(0)] = where
        self._slots[(identity, group.arn)] = after
        return before, after

    def _follow(self, one: Balancer) -> None:
        if one.id not in self._recalled:
            self._recall(one)
        changes: list[str] = []
        slots: dict[str, dict[int, str]] = {}
        for group in one.groups:
            before, after = self._assign(one.id, group)
            slots[group.arn] = after
            changes += haproxy.commands(group.arn, before, after)
        spec = self._spec(one)
        folder = self.lab.settings.home / NOUN / one.id
        text = haproxy.configuration(one, spec.address, {}) + self._write_certificates(one)
        structure = hashlib.sha256(text.encode()).hexdigest()
        write(folder / "haproxy.cfg", haproxy.configuration(one, spec.address, slots), 0o644)
        if not one.listeners:
            return  # HAProxy needs one, as a balancer without any answers nothing
        if self.lab.containers.ensure(spec):
            self.log.info("balancer %s at %s as %s", one.name, spec.address, one.dns_name)
        seen = self.lab.containers.find(NOUN).get(one.id)
        if seen is None or seen.state != "running":
            return
        known = self._running.get(one.id)
        if known == (seen.id, structure) and not changes:
            self._note(one, seen.id, structure, slots)
            return
        container = self.lab.containers.get(NOUN, one.id)
        if container is None or container.id != seen.id:
            return  # another one by now: the next pass
        if known != (container.id, structure):
            # Without one known it was adopted, and its process may be of an older configuration.
            if known is None or known[0] == container.id:
                self._reload(one, container)
            self._running[one.id] = (container.id, structure)
        else:
            self._note(one, container.id, "in between", slots)
            code, output = container.exec_run(haproxy.telling(changes))
            if code:
                self._running.pop(one.id)
                raise LabError(f"{one.name} did not take {changes}: {output.decode()[:200]}")
        self._note(one, container.id, structure, slots)

    def _note(
        self, one: Balancer, container: str, structure: str, slots: dict[str, dict[int, str]]
    ) -> None:
        """Write down what the proxy now runs with, for a daemon after this one."""
        told = {"container": container, "structure": structure, "slots": slots}
        path = self.lab.settings.home / NOUN / one.id / "applied.json"
        write(path, json.dumps(told, sort_keys=True), 0o644)

    def _recall(self, one: Balancer) -> None:
        """Take up what a daemon before this one left: a proxy that is right is left alone."""
        self._recalled.add(one.id)
        path = self.lab.settings.home / NOUN / one.id / "applied.json"
        if not path.is_file():
            return
        told = json.loads(path.read_text(encoding="utf-8"))
        self._running[one.id] = (told["container"], told["structure"])
        for arn, slots in told["slots"].items():
            self._slots[(one.id, arn)] = {int(number): where for number, where in slots.items()}

    def _reload(self, one: Balancer, container) -> None:
        """Start new workers with the new file; the old ones end with their last request."""
        path = f"{haproxy.FOLDER}/haproxy.cfg"
        code, output = container.exec_run(["haproxy", "-c", "-f", path])
        if code:
            raise LabError(f"{one.name}: {output.decode(errors='replace').strip()[:400]}")
        # What is said before the new process is there, the old one hears, and takes along.
        _code, before = container.exec_run(haproxy.taken_over(""))
        container.exec_run(["pkill", "-USR2", "-o", "-x", "haproxy"])
        code, _output = container.exec_run(haproxy.taken_over(before.decode().strip()))
        if code:
            raise LabError(f"{one.name}: its proxy did not start anew")
        self.log.info("balancer %s has new listeners or rules", one.name)

    def _write_certificates(self, one: Balancer) -> str:
        """Write the certificates of the listeners, by port; the first one is the default."""
        top = self.lab.settings.home / NOUN / one.id / "certificates"
        wanted = {}
        for listener in one.listeners:
            if listener.protocol != "HTTPS":
                continue
            for number, names in enumerate(listener.certificates or ((one.dns_name,),)):
                issued = self.lab.pki.issue(f"{NOUN}-{one.id}-{listener.port}-{number}", names)
                path = top / str(listener.port) / f"{number:02}.pem"
                wanted[path] = issued.pem.read_text(encoding="ascii")
        for path in top.glob("*/*.pem"):
            if path not in wanted:
                path.unlink()
        for path, text in wanted.items():
            write(path, text, 0o600)
        return "".join(f"{path} {text}" for path, text in sorted(wanted.items()))

    def _spec(self, one: Balancer) -> Spec:
        containers, settings = self.lab.containers, self.lab.settings
        folder = settings.home / NOUN / one.id
        folder.mkdir(parents=True, exist_ok=True)
        return Spec(
            noun=NOUN,
            record=one.id,
            image=settings.services_image,
            address=containers.address_for(NOUN, one.id, settings.balancer_pool),
            command=("haproxy", "-W", "-db", "-f", f"{haproxy.FOLDER}/haproxy.cfg"),
            names=(one.dns_name, f"dualstack.{one.dns_name}"),
            binds={str(folder): haproxy.FOLDER},
        )

    def stop(self) -> None:
        """Leave the records to the emulator alone."""
        followed.unfollow("balancer")
        self._pool.shutdown(wait=False, cancel_futures=True)
